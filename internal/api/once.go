package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"amend/fault"
	"amend/internal/store"
)

const (
	// maxKey bounds an idempotency key, in characters.
	maxKey = 255
	// lostAfter is when an act that has no answer yet is taken for one whose answer is lost.
	lostAfter = 10 * time.Second
	// maxSkew is how far the clocks of two nodes may differ: an act further ahead was stored
	// before the clock was put back.
	maxSkew = 10 * time.Minute
)

// running is the keys whose first request is still on its way in this process. On other
// nodes the claim that the act itself stores refuses a second one.
type running struct {
	mu   sync.Mutex
	keys map[string]bool
}

// enter reports whether nobody else is on their way under key; leave must follow.
func (r *running) enter(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys == nil {
		r.keys = map[string]bool{}
	}
	was := r.keys[key]
	r.keys[key] = true
	return !was
}

func (r *running) leave(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, key)
}

// once runs a POST, or answers what it answered before under the same idempotency key:
// the very bytes. The key is stored in the transaction of the act, so that no crash can
// part them.
func (v *visit) once() {
	key := v.r.Header.Get("Idempotency-Key")
	if key == "" {
		v.write(v.do())
		return
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		v.refuse(fault.New(fault.Malformed, "bad_idempotency_key", "max", maxKey))
		return
	}
	name, request := v.fingerprint(key)
	if !v.door.running.enter(name) {
		v.refuse(fault.New(fault.Conflict, "repeat_running"))
		return
	}
	defer v.door.running.leave(name)
	was, err := v.door.reader.Repeat(v.ctx, v.by, name)
	switch {
	case errors.Is(err, store.ErrNoRow):
		v.first(name, request)
	case err != nil:
		v.refuse(err)
	default:
		v.repeat(name, request, was)
	}
}

// repeat answers a request that was seen before.
func (v *visit) repeat(name string, request []byte, was store.Repeat) {
	switch {
	case !bytes.Equal(was.Request, request):
		v.refuse(fault.New(fault.Invalid, "idempotency_reused"))
	case len(was.Answer) > 0:
		v.write(replay(was))
	default:
		v.again(name, request, was.At)
	}
}

// fingerprint answers the name of a key, which is its actor's alone, and the hash of what is asked.
func (v *visit) fingerprint(key string) (string, []byte) {
	name := sha256.New()
	for _, part := range []string{string(v.by.Sort), v.by.ID, v.by.Via, v.by.Link.ID, key} {
		_ = binary.Write(name, binary.BigEndian, uint32(len(part)))
		name.Write([]byte(part))
	}
	request := sha256.New()
	for _, part := range []string{v.r.Method, v.r.URL.Path, v.r.URL.RawQuery, v.r.Header.Get("If-Match"), string(v.body)} {
		_ = binary.Write(request, binary.BigEndian, uint32(len(part)))
		request.Write([]byte(part))
	}
	return hex.EncodeToString(name.Sum(nil)), request.Sum(nil)
}

// first runs a request that was not seen before. One that is refused may have been
// overtaken: another node did what it asks under the same key, and what it left is why this
// one may not. Then it is a repeat like any other.
func (v *visit) first(name string, request []byte) {
	if !v.op.many {
		v.ctx = store.Once(v.ctx, name, request)
	}
	out := v.do()
	if out.status >= http.StatusBadRequest {
		if was, err := v.door.reader.Repeat(v.ctx, v.by, name); err == nil {
			v.w.Header().Del("Retry-After") // of the refusal that nobody hears
			v.repeat(name, request, was)
			return
		}
	}
	v.keep(name, request, out)
}

// keep stores an answer for repeats and gives it. A failure of ours, and one that only asks
// to wait, is not an answer: a repeat tries again. If another node was faster, its answer
// counts, here as in every repeat.
func (v *visit) keep(name string, request []byte, out reply) {
	switch {
	case out.status >= http.StatusInternalServerError, out.status == http.StatusTooManyRequests, comesAgain(out):
		v.write(out)
		return
	}
	ctx := context.WithoutCancel(v.r.Context())
	err := v.door.desk.KeepAnswer(ctx, name, request, out.status, out.body)
	if errors.Is(err, store.ErrKept) {
		if was, err := v.door.reader.Repeat(ctx, v.by, name); err == nil && len(was.Answer) > 0 {
			v.repeat(name, request, was)
			return
		}
	}
	if err != nil {
		v.door.log.Warn("answer not kept", "operation", v.op.id, "code", fault.CodeOf(err))
	}
	v.write(out)
}

// comesAgain reports whether a conflict is over as soon as the others are done.
func comesAgain(out reply) bool {
	return out.status == http.StatusConflict && (bytes.Contains(out.body, []byte(`"code":"repeat_running"`)) || bytes.Contains(out.body, []byte(`"code":"stale"`)))
}

func replay(was store.Repeat) reply {
	out := reply{status: was.Status, media: "application/json", body: was.Answer}
	if was.Status >= http.StatusBadRequest {
		out.media = "application/problem+json"
	}
	return out
}

// again answers a request whose act is stored and whose answer is not: it is still on its
// way on another node, or was lost and is made again from what the act left.
func (v *visit) again(name string, request []byte, at time.Time) {
	if since := v.door.reader.Now().Sub(at); since > -maxSkew && since < lostAfter {
		v.refuse(fault.New(fault.Conflict, "repeat_running"))
		return
	}
	if v.op.rebuild == nil {
		v.refuse(fault.New(fault.Conflict, "repeat_answer_lost"))
		return
	}
	answer, err := v.op.rebuild(v, at)
	if err != nil {
		v.refuse(err)
		return
	}
	v.keep(name, request, v.finish(answer))
}
