# Run at each build: writes OUT with version and commit, and leaves it alone when nothing changed.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
	RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
	# No repository here, as where an image is built: whoever builds may say what it is.
	set(commit "${COMMIT}")
else()
	execute_process(COMMAND git -C ${SOURCE} diff --quiet HEAD RESULT_VARIABLE dirty ERROR_QUIET)
	if(dirty)
		string(APPEND commit "-dirty")
	endif()
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT "#define VERSION_NUMBER \"${VERSION}\"\n#define VERSION_COMMIT \"${commit}\"\n")
