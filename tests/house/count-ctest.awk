# Counts of a `ctest -V` log: passed, failed, skipped. Tests of cmocka programs count one by one; a program without any, or one
# that fails although none of its tests did (a leak, a crash between two tests), counts as one.
function id(line) { return substr(line, 1, index(line, ":") - 1) }
/^[0-9]+: \[ RUN      \]/ { started[id($0)]++ }
/^[0-9]+: \[       OK \]/ { ok[id($0)]++ }
/^[0-9]+: \[  SKIPPED \] [a-z]/ { if (!($0 in told)) { told[$0] = 1; skips[id($0)]++ } }
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
	match($0, /#[0-9]+:/)
	test = substr($0, RSTART + 1, RLENGTH - 2)
	any = 1
	ended[test] = / Passed / ? "passed" : "failed"
}
/^Checking test dependency graph end/ { none_wanted = 1 }
END {
	for (test in ended) {
		good = ok[test] + 0
		skip = skips[test] + 0
		bad = started[test] - good - skip
		if (ended[test] == "failed" && bad < 1)
			bad = 1
		if (ended[test] == "passed" && started[test] == 0)
			good = 1
		passed += good
		failed += bad
		skipped += skip
	}
	if (!any && !none_wanted)
		failed++
	print passed + 0, failed + 0, skipped + 0
}
