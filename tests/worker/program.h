/*
 * Runs the program that was built, as a user would.
 */
#ifndef WIREDESK_TEST_PROGRAM_H
#define WIREDESK_TEST_PROGRAM_H

#include "tests/harness.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM_TEXT_MAX ((size_t)4 << 20)

struct program {
	int code;   /* exit code, or -1 */
	int signal; /* that ended it, or 0 */
	char *out, *err;
};

static inline int program_file(const char *text)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	if (text) {
		fputs(text, file);
		fflush(file);
		rewind(file);
	}
	int fd = dup(fileno(file));
	fclose(file);
	return fd;
}

static inline char *program_text(int fd)
{
	char *text = calloc(1, PROGRAM_TEXT_MAX);
	assert_non_null(text);
	lseek(fd, 0, SEEK_SET);
	for (size_t n = 0; n < PROGRAM_TEXT_MAX - 1;) {
		ssize_t got = read(fd, text + n, PROGRAM_TEXT_MAX - 1 - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	return text;
}

/* args: what follows "wiredesk", NULL at the end. The descriptors become the child's 0, 1 and 2. */
static inline pid_t program_start(const char *const *args, int in, int out, int err)
{
	char *argv[32] = {(char *)(uintptr_t) "wiredesk"};
	for (size_t i = 0; args[i]; i++) {
		assert_true(i < 30);
		argv[i + 1] = (char *)(uintptr_t)args[i];
	}
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		unsetenv("WIREDESK__LANES");
		dup2(in, 0);
		dup2(out, 1);
		dup2(err, 2);
		execv(WD_PROGRAM, argv);
		_exit(127);
	}
	return child;
}

static inline void program_end(pid_t child, struct program *p)
{
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	p->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	p->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static inline struct program program_run(const char *input, const char *const *args)
{
	struct program p = {0};
	int in = program_file(input ? input : ""), out = program_file(NULL), err = program_file(NULL);
	program_end(program_start(args, in, out, err), &p);
	close(in);
	p.out = program_text(out);
	p.err = program_text(err);
	return p;
}

#define PROGRAM(input, ...) program_run((input), (const char *const[]){__VA_ARGS__, NULL})

static inline void program_free(struct program *p)
{
	free(p->out);
	free(p->err);
}

#endif
