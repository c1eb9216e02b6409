package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"amend/access"
	"amend/fault"
	"amend/internal/lang"
)

// A visit is one request on its way through the door.
type visit struct {
	door  *door
	op    operation
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	by    access.Actor
	lang  lang.Lang
	query url.Values
	body  []byte
	sent  map[string]bool // the texts that the caller sent: no failure repeats them
}

// maxBody bounds a JSON body, in bytes.
const maxBody = 1 << 20

// serve answers one request to a known path; methods are its operations, nil for an unknown path.
func (d *door) serve(w http.ResponseWriter, r *http.Request, methods map[string]operation) {
	v := &visit{door: d, w: w, r: r, ctx: r.Context(), lang: lang.Prefer(r.Header.Get("Accept-Language"), d.lang)}
	v.headers()
	defer v.caught()
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op, ok := methods[method]
	switch {
	case methods == nil:
		v.refuse(fault.New(fault.NotFound, "no_such_path"))
	case !ok:
		v.w.Header().Set("Allow", allowed(methods))
		v.refuse(fault.New(fault.Malformed, "method_not_allowed"))
	default:
		v.op = op
		v.answer()
	}
}

func allowed(methods map[string]operation) string {
	var names []string
	for m := range methods {
		names = append(names, m)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// answer takes a visit through: who, what, again, do.
func (v *visit) answer() {
	err := v.known()
	if err == nil {
		err = v.read()
	}
	if err != nil {
		v.refuse(err)
		return
	}
	if v.op.method == http.MethodPost && !v.op.table && !v.op.fresh {
		v.once()
		return
	}
	v.write(v.do())
}

// headers are the same on every answer: nothing is cached, framed, sniffed or run.
func (v *visit) headers() {
	h := v.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Vary", "Accept-Language, Authorization, Amend-Customer")
}

// read takes the URL and the body, and refuses what is not well formed before anything is decoded.
func (v *visit) read() error {
	v.sent = map[string]bool{}
	query, err := url.ParseQuery(v.r.URL.RawQuery)
	if err != nil || !plainText(v.r.URL.Path) {
		return fault.New(fault.Malformed, "bad_parameter")
	}
	v.query = query
	if err := v.checkQuery(); err != nil {
		return err
	}
	for part := range strings.SplitSeq(v.r.URL.Path, "/") {
		v.sent[part] = true
	}
	if v.op.body == nil || v.op.table {
		return nil
	}
	if err := v.readBody(); err != nil {
		return err
	}
	if v.op.open { // a callback is signed over its bytes: its reader judges them
		return nil
	}
	return checkBody(v.body, v.op.shape, v.sent)
}

// checkQuery refuses parameters that the operation does not have, that stand twice, or
// that are not text.
func (v *visit) checkQuery() error {
	for name, values := range v.query {
		if !slices.Contains(queryNames(v.op.params), name) {
			return fault.New(fault.Malformed, "unknown_parameter")
		}
		if len(values) != 1 || !plainText(values[0]) || len(values[0]) > maxParameter {
			return fault.New(fault.Malformed, "bad_parameter", "field", name)
		}
		v.sent[values[0]] = true
	}
	return nil
}

// maxParameter bounds one parameter, in bytes.
const maxParameter = 512

// plainText reports whether s is UTF-8 without control characters, which no database takes alike.
func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func (v *visit) readBody() error {
	if t := v.r.Header.Get("Content-Type"); t != "" && !v.op.open {
		media, _, err := mime.ParseMediaType(t)
		if err != nil || media != "application/json" {
			return fault.New(fault.Malformed, "media_type", "want", "application/json")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, maxBody))
	if err != nil {
		return fault.New(fault.Malformed, "body_too_long", "max", maxBody)
	}
	v.body = body
	return nil
}

// decode fills into from the body, which checkBody has found to fit.
func (v *visit) decode(into any) error {
	if len(bytes.TrimSpace(v.body)) == 0 || v.op.open {
		return nil // an operation whose members are all optional
	}
	if err := json.Unmarshal(v.body, into); err != nil {
		return fault.New(fault.Malformed, "malformed_json")
	}
	return nil
}

// A reply is a finished answer.
type reply struct {
	status int
	media  string
	body   []byte
	file   string // name of a file to keep
	tag    string
}

// A tagged answer says which version of its record it shows.
type tagged interface{ version() int64 }

// A finished answer brings its own bytes.
type finished interface{ reply() reply }

// do runs the operation and finishes its answer.
func (v *visit) do() reply {
	answer, err := v.op.run(v)
	if err != nil {
		return v.problem(err)
	}
	return v.finish(answer)
}

func (v *visit) finish(answer any) reply {
	if f, ok := answer.(finished); ok {
		return f.reply()
	}
	body, err := encode(answer)
	if err != nil {
		return v.problem(err)
	}
	out := reply{status: max(v.op.status, http.StatusOK), media: "application/json", body: body}
	if t, ok := answer.(tagged); ok {
		sum := sha256.Sum256(body)
		out.tag = `"` + strconv.FormatInt(t.version(), 10) + "-" + hex.EncodeToString(sum[:6]) + `"`
		if v.r.Header.Get("If-None-Match") == out.tag {
			return reply{status: http.StatusNotModified, tag: out.tag}
		}
	}
	return out
}

// encode writes JSON as other programs do, without escaping what only HTML must escape.
func encode(answer any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(answer)
	return b.Bytes(), err
}

func (v *visit) write(out reply) {
	h := v.w.Header()
	if out.media != "" {
		h.Set("Content-Type", out.media)
	}
	if out.tag != "" {
		h.Set("ETag", out.tag)
	}
	if out.file != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": out.file}))
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	}
	if out.status >= http.StatusBadRequest {
		h.Set("Content-Language", v.lang.Tag())
	}
	v.w.WriteHeader(out.status)
	_, _ = v.w.Write(out.body)
}
