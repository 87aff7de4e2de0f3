# Counts of a pytest log: passed, failed, skipped. A log without a closing line counts as one failure.
/^ERROR: / { broken = 1 }
/ in [0-9.]+s/ {
	passed = failed = skipped = 0
	for (i = 2; i <= NF; i++) {
		if ($i ~ /^passed/) passed = $(i - 1)
		if ($i ~ /^failed/) failed += $(i - 1)
		if ($i ~ /^errors?/) failed += $(i - 1)
		if ($i ~ /^skipped/) skipped = $(i - 1)
	}
	closed = 1
}
END { print passed + 0, failed + (closed && !broken ? 0 : 1), skipped + 0 }
