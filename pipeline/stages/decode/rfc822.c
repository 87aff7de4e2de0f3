/*
 * An e-mail to a story: its text, text/plain before text/html, in each part's own charset; subject, sender, date and
 * Message-ID as what they are to a story. News that is attached (XML, JSON, a mail) makes parts of its own; other
 * attachments are counted, not read. Limits on depth, parts and header fields: a mail beyond them is read so far.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/copy.h"
#include "pipeline/stages/decode/decode.h"
#include "pipeline/stages/decode/draft.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/mail.h"

#define MAIL_DEPTH_MAX 8
#define MAIL_PARTS_MAX 200
#define MAIL_NEWS_MAX  20

struct mail_text {
	struct str pieces[MAIL_PARTS_MAX]; /* each part's; joined only when there is no more */
	size_t n;
	const char *charset, *basis; /* the last one's */
	struct charset_notes notes;  /* on any of what was joined */
	bool html;
};

struct mail {
	struct decode *d;
	struct walk walk;
	struct mail_text text; /* what the mail says */
	struct {
		struct str bytes, charset;
	} news[MAIL_NEWS_MAX]; /* what it brings */
	size_t n_news;
	size_t n_parts, n_left; /* seen; left unread */
};

/* --- is it one? --------------------------------------------------------------------------------------------------- */

/* Names that no other text has above its first empty line; two of them make a mail. */
static bool mail_is_known(struct str name)
{
	static const char *const names[] = {
	        "from",         "to",       "subject",     "date",       "message-id",     "mime-version",
	        "content-type", "received", "return-path", "reply-to",   "delivered-to",   "cc",
	        "x-mailer",     "sender",   "in-reply-to", "references", "dkim-signature", "content-transfer-encoding"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_is_fold(name, names[i]))
			return true;
	}
	return false;
}

static bool mail_is_head(const struct mail_head *head)
{
	static const char *const sure[] = {"message-id", "mime-version", "received", "return-path"};
	size_t known = 0;
	bool is_sure = false;
	for (size_t i = 0; i < head->n; i++)
		known += mail_is_known(head->fields[i].name);
	for (size_t i = 0; i < sizeof sure / sizeof *sure; i++)
		is_sure |= mail_has_field(head, sure[i]);
	return is_sure ? known >= 2 : mail_has_field(head, "from") && known >= 3 && known * 2 > head->n;
}

bool rfc822_is(const struct decode *d, struct str text, const struct walk *w)
{
	struct mail_head *head;
	(void)w;
	/* Most text is told from mail by its first line. */
	struct str first = str_slice(str_trim(str_slice(text, 0, 1000)), 0, 100);
	if (str_index(first, ':', 0) >= 77 || str_index(first, ' ', 0) < str_index(first, ':', 0))
		return false;
	head = arena_alloc(d->call->tmp, sizeof *head);
	return mail_head_read(text, head) && mail_is_head(head);
}

bool rfc822_is_raw(const struct decode *d, struct str bytes, const struct walk *w)
{
	bool may = !decode_must(d, w) || d->forced == FORMAT_RFC822;
	return may && rfc822_is(d, bytes, w) && !utf8_is_valid(bytes);
}

/* --- text and charsets -------------------------------------------------------------------------------------------- */

/* Bytes of a part or a word, in the charset that it declares, as UTF-8; *in says how. False: they are no text. */
static bool mail_read_bytes(struct mail *mail, struct str bytes, struct str charset, struct charset_text *in)
{
	struct decode *d = mail->d;
	struct decode_local *local = d->call->local;
	struct charset_ask ask = {.bytes = bytes, .declared = charset};
	if (!charset.n)
		ask.forced = d->msg->feed->charset;
	if (charset_read(d->call, &ask, &local->charsets, in))
		return false;
	in->text = str_slice(in->text, in->mark_bytes, in->text.n);
	return true;
}

#define FIELD_MAX_BYTES 4000 /* of a field that is to be read as text */

/* As much of it as is read: no word, encoded or not, is cut where there is a blank to cut at, and no character. */
static struct str mail_field_start(struct str field)
{
	size_t end = FIELD_MAX_BYTES;
	if (field.n <= end)
		return field;
	while (end && !str_is_space(field.p[end]))
		end--;
	if (!end)
		for (end = FIELD_MAX_BYTES; end && ((uint8_t)field.p[end] & 0xC0) == 0x80;)
			end--;
	return str_slice(field, 0, end);
}

/* A field with encoded words, as UTF-8 on one line. */
static struct str mail_read_field(struct mail *mail, struct str field)
{
	struct arena *keep = mail->d->call->keep, *tmp = mail->d->call->tmp;
	struct mail_piece piece = {{0}, {0}};
	struct str out = {"", 0};
	field = mail_field_start(field);
	for (size_t at = 0; mail_piece_next(field, &at, &piece, tmp); piece = (struct mail_piece){{0}, {0}}) {
		struct charset_text in;
		if (piece.bytes.n && mail_read_bytes(mail, piece.bytes, piece.charset, &in))
			out = arena_printf(keep, "%.*s%.*s", STR_ARG(out), STR_ARG(in.text));
	}
	char *line = arena_alloc(keep, out.n);
	for (size_t i = 0; i < out.n; i++)
		line[i] = out.p[i] == '\n' || out.p[i] == '\r' ? ' ' : out.p[i];
	return str_trim(str_make(line, out.n));
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* Could it be news of its own? */
static bool mail_is_news(struct str type, struct str name)
{
	return str_starts_fold(type, "application/json") || str_starts_fold(type, "application/xml") ||
	       str_starts_fold(type, "text/xml") || str_starts_fold(type, "message/rfc822") ||
	       str_ends_fold(type, "+xml") || str_ends_fold(type, "+json") || str_ends_fold(name, ".xml") ||
	       str_ends_fold(name, ".json") || str_ends_fold(name, ".nitf") || str_ends_fold(name, ".newsml") ||
	       str_ends_fold(name, ".eml");
}

static void mail_take_news(struct mail *mail, struct str bytes, struct str charset)
{
	if (mail->n_news == MAIL_NEWS_MAX) {
		mail->n_left++;
		return;
	}
	mail->news[mail->n_news].bytes = arena_copy(mail->d->call->keep, bytes);
	mail->news[mail->n_news++].charset = charset;
}

/* The first text counts, plain text before mark-up; more plain text beside it belongs to it. */
static void mail_take_text(struct mail *mail, const struct mail_head *head, struct str type, struct str bytes)
{
	struct arena *keep = mail->d->call->keep, *tmp = mail->d->call->tmp;
	struct str field = mail_field(head, "content-type", tmp);
	bool html = str_starts_fold(type, "text/html");
	struct charset_text in;
	if (mail->text.n && html)
		return;
	if (!mail_read_bytes(mail, bytes, mail_parameter(field, "charset", tmp), &in)) {
		mail->n_left++;
		return;
	}
	struct str text = in.text, format = mail_parameter(field, "format", tmp);
	if (html)
		text = html_to_text(text, tmp, keep);
	else if (str_starts_fold(format, "flowed"))
		text = mail_unflow(text, str_starts_fold(mail_parameter(field, "delsp", tmp), "yes"), keep);
	text = mail_unreturn(text, keep);
	if (text_is_blank(text))
		return;
	struct mail_text *all = &mail->text;
	if (all->html)
		all->n = all->notes.n = 0;
	CHECK(all->n < MAIL_PARTS_MAX);
	all->pieces[all->n++] = text;
	all->charset = in.charset;
	all->basis = in.basis;
	all->html = html;
	charset_notes_add(&all->notes, &in.notes);
}

/* What was taken, a part behind the other; null pointer: nothing. */
static struct str mail_joined(const struct mail *mail)
{
	const struct mail_text *all = &mail->text;
	size_t bytes = 0, n = 0;
	if (all->n < 2)
		return all->n ? all->pieces[0] : (struct str){0};
	for (size_t i = 0; i < all->n; i++)
		bytes += all->pieces[i].n + 1;
	char *out = arena_alloc(mail->d->call->keep, bytes);
	for (size_t i = 0; i < all->n; i++) {
		if (i)
			out[n++] = '\n';
		memcpy(out + n, all->pieces[i].p, all->pieces[i].n);
		n += all->pieces[i].n;
	}
	return str_make(out, n);
}

static void mail_part(struct mail *mail, const struct mail_head *head, int depth);

static void mail_parts(struct mail *mail, struct str body, struct str boundary, int depth)
{
	struct mail_head *head = arena_alloc(mail->d->call->tmp, sizeof *head);
	struct str part;
	for (size_t at = 0; mail_part_next(body, boundary, &at, &part);) {
		if (mail->n_parts++ >= MAIL_PARTS_MAX) {
			mail->n_left++;
			continue;
		}
		/* A part may have no fields, and begins with an empty line then. */
		if (!part.n || part.p[0] == '\n' || part.p[0] == '\r' || !mail_head_read(part, head))
			*head = (struct mail_head){.body = part};
		mail_part(mail, head, depth);
	}
}

static void mail_part(struct mail *mail, const struct mail_head *head, int depth)
{
	struct arena *keep = mail->d->call->keep, *tmp = mail->d->call->tmp;
	struct str field = mail_field(head, "content-type", tmp), type = mail_value(field);
	struct str disposition = mail_field(head, "content-disposition", tmp);
	struct str name = mail_parameter(disposition, "filename", tmp);
	if (str_starts_fold(type, "multipart/")) {
		if (depth < MAIL_DEPTH_MAX)
			mail_parts(mail, head->body, mail_parameter(field, "boundary", tmp), depth + 1);
		else
			mail->n_left++;
		return;
	}
	if (!name.n)
		name = mail_parameter(field, "name", tmp);
	bool attached =
	        str_starts_fold(disposition, "attachment") || (name.n && !str_starts_fold(disposition, "inline"));
	bool text = !type.n || str_starts_fold(type, "text/plain") || str_starts_fold(type, "text/html");
	bool news = depth > 0 && mail_is_news(type, name);
	if ((!text || attached) && !news) {
		mail->n_left += depth > 0;
		if (depth > 0)
			return;
	}
	struct str encoding = mail_value(mail_field(head, "content-transfer-encoding", tmp));
	struct str bytes = mail_untransfer(head->body, encoding, keep);
	if (news)
		mail_take_news(mail, bytes, mail_parameter(field, "charset", keep));
	else
		mail_take_text(mail, head, type, bytes);
}

/* --- the story ---------------------------------------------------------------------------------------------------- */

/* Without "Fwd:", and without "Re:" where the mail answers another. */
static struct str mail_subject(const struct mail_head *head, struct str subject)
{
	static const char *const forwards[] = {"fwd:", "fw:", "wg:", "tr:", "rv:", "doorst:", "vs:", "enc:"};
	static const char *const answers[] = {"re:", "aw:", "sv:", "antw:", "odp:", "res:", "ynt:"};
	bool answer = mail_has_field(head, "in-reply-to") || mail_has_field(head, "references");
	for (bool found = true; found;) {
		found = false;
		for (size_t i = 0; i < sizeof forwards / sizeof *forwards && !found; i++) {
			/* The first two are nothing else in any language. */
			if ((i < 2 || answer) && str_starts_fold(subject, forwards[i])) {
				subject = str_trim(str_slice(subject, strlen(forwards[i]), subject.n));
				found = true;
			}
		}
		for (size_t i = 0; answer && i < sizeof answers / sizeof *answers && !found; i++) {
			if (str_starts_fold(subject, answers[i])) {
				subject = str_trim(str_slice(subject, strlen(answers[i]), subject.n));
				found = true;
			}
		}
	}
	return subject;
}

/* "Vesta" <desk@vesta.example>: the name; without one, the address. */
static struct str mail_sender(struct mail *mail, struct str from)
{
	size_t angle = str_index(from, '<', 0);
	struct str name = str_trim(str_slice(from, 0, angle));
	if (angle == from.n)
		return mail_read_field(mail, from);
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = str_slice(name, 1, name.n - 1);
	if (!name.n)
		name = str_slice(from, angle + 1, str_index(from, '>', angle));
	return mail_read_field(mail, name);
}

static void mail_draft(struct mail *mail, const struct mail_head *head, struct draft *draft)
{
	struct arena *keep = mail->d->call->keep;
	struct str id = str_trim(mail_field(head, "message-id", keep));
	if (id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
		id = str_slice(id, 1, id.n - 1);
	draft->headline = mail_subject(head, mail_read_field(mail, mail_field(head, "subject", keep)));
	draft->by = mail_sender(mail, mail_field(head, "from", keep));
	draft->guid = mail_read_field(mail, id);
	draft->published = mail_read_field(mail, mail_field(head, "date", keep));
	draft->language = mail_read_field(mail, mail_value(mail_field(head, "content-language", keep)));
	struct str sender = draft->by, text = mail_joined(mail);
	text = mail->text.html ? text : mail_unsign(text);
	text = copy_take_labels(draft, str_trim(text));
	draft->body = copy_unsign(text, draft->by, sender);
	if (!draft->body.n)
		draft->body = STR("");
	draft->headline_is_first_line = !draft->headline.n;
}

static void mail_fill(struct mail *mail, struct story *st, struct draft *draft)
{
	struct decode *d = mail->d;
	draft_fill(d, st, "rfc822", draft);
	st->decode.charset = mail->text.charset ? mail->text.charset : st->decode.charset;
	st->decode.charset_basis = mail->text.charset ? mail->text.basis : st->decode.charset_basis;
	for (size_t i = 0; i < mail->text.notes.n; i++)
		decode_warn(d, st, mail->text.notes.words[i]);
	if (mail->n_left)
		decode_warn(d, st, arena_printf(d->call->keep, "attachments-left: %zu", mail->n_left).p);
	if (text_is_blank(draft->body) && text_is_blank(draft->headline))
		story_drop(d->call, st, REASON_NO_STORY);
}

/* What a story in a mail does not say itself, the mail says. */
static void mail_complete(struct story *st, const struct story *of_mail)
{
	if (st->end.outcome != OUTCOME_OPEN)
		return;
	if (!st->decode.guid.n && !st->decode.uri.n)
		st->decode.guid = of_mail->decode.guid;
	if (!st->decode.version_created.n)
		st->decode.version_created = of_mail->decode.version_created;
	if (!st->decode.headline.n && !st->decode.headline_is_first_line)
		st->decode.headline = of_mail->decode.headline;
	if (!st->decode.by.n)
		st->decode.by = of_mail->decode.by;
}

/* Text that is JSON or XML is a message itself, and the mail its envelope. Lines that were broken on the way may have
 * been broken in a string. Empty: it is none. */
static struct str mail_enveloped(struct mail *mail, struct str text)
{
	struct decode *d = mail->d;
	struct json_doc doc;
	text = str_trim(text);
	if (!mail->text.html && str_starts(text, STR("<?xml")))
		return text;
	if (mail->text.html || text.n < 2 || text.p[0] != '{' || text.p[text.n - 1] != '}')
		return (struct str){0};
	char *line = arena_alloc(d->call->keep, text.n);
	for (size_t i = 0; i < text.n; i++)
		line[i] = (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i];
	text = str_make(line, text.n);
	bool is_json = json_doc_check(d->call->tmp, text, d->call->env->limits.depth, &doc) == JSON_DOC_OK;
	return is_json ? text : (struct str){0};
}

static bool mail_open(struct mail *mail, struct draft *draft, struct str text)
{
	struct decode *d = mail->d;
	struct walk w = mail->walk;
	struct story of_mail = {.msg = d->msg};
	struct charset_text outer = d->in;
	size_t first = d->msg->n_parts;
	draft_fill(d, &of_mail, "rfc822", draft);
	w.containers++;
	d->in = (struct charset_text){
	        .text = text, .charset = mail->text.charset, .basis = mail->text.basis, .converted = true};
	decode_enter(d, "rfc822");
	bool goes_on = decode_text(d, text, w);
	decode_leave(d);
	d->in = outer;
	if (goes_on && d->msg->n_parts == first + 1)
		mail_complete(d->msg->parts[first], &of_mail);
	return goes_on;
}

/* An attached message that is none of the formats that we know is an attachment like any other: it is read as what it
 * is, and as plain text it says too little. */
static bool mail_read_news(struct mail *mail)
{
	struct walk w = mail->walk;
	bool goes_on = true;
	w.containers++;
	decode_enter(mail->d, "rfc822");
	for (size_t i = 0; i < mail->n_news && goes_on; i++) {
		w.bytes = mail->news[i].bytes;
		goes_on = decode_bytes(mail->d, mail->news[i].bytes, mail->news[i].charset, w);
	}
	decode_leave(mail->d);
	return goes_on;
}

#define MAIL_CONTAINERS_MAX 4 /* mails in mails */

enum took rfc822_read(struct decode *d, struct str text, struct walk w)
{
	struct mail *mail = ARENA_NEW(d->call->tmp, struct mail);
	struct mail_head *head = arena_alloc(d->call->tmp, sizeof *head);
	struct draft draft = {0};
	*mail = (struct mail){.d = d, .walk = w};
	if (w.containers > MAIL_CONTAINERS_MAX)
		return decode_refuse(d, &w, REASON_BAD_FORMAT, "mails are nested too deeply") ? TOOK_ALL : TOOK_END;
	if (!mail_head_read(text, head))
		return TOOK_NOT;
	mail_part(mail, head, 0);
	mail_draft(mail, head, &draft);
	struct str enveloped = mail_enveloped(mail, draft.body);
	if (enveloped.n) {
		if (!mail_open(mail, &draft, enveloped))
			return TOOK_END;
	} else if (!mail->n_news || !text_is_blank(draft.body)) {
		struct story *st = decode_part(d, w.bytes);
		if (!st)
			return TOOK_END;
		mail_fill(mail, st, &draft);
	}
	return mail_read_news(mail) ? TOOK_ALL : TOOK_END;
}
