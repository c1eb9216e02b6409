package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// check sends the draft of a record. The same form sent twice files one submission.
func check(v *visit) error {
	name := v.onceName()
	if was, err := v.Reader.Repeat(v.ctx, v.by(), name); err == nil {
		return v.sentBefore(was)
	} else if !errors.Is(err, store.ErrNoRow) {
		return err
	}
	d, err := v.draft()
	if err != nil {
		return err
	}
	id := v.record()
	if d.Key != v.form.Get("key") || len(d.of(id)) == 0 {
		v.form.Wrong = []page.Wrong{{Text: v.page.T("portal.check.moved")}}
		return v.check(v.form, 409)
	}
	if v.form.Has("lost", "yes") && !v.form.Has("slower", "yes") {
		v.form.Wrong = []page.Wrong{{Name: "lost", Text: v.page.T("portal.check.slower")}}
		return v.check(v.form, 422) // what the slower way takes is read before it is taken
	}
	p, err := v.asked(d, id)
	if err == nil {
		var filed desk.Filed
		if filed, err = v.file(name, p); err == nil {
			return v.sent(name, d, filed)
		}
	}
	if was, again := v.Reader.Repeat(v.ctx, v.by(), name); again == nil { // another click was faster
		return v.sentBefore(was)
	}
	form, ok := v.refusedItems(err)
	if !ok {
		return err
	}
	v.form.Wrong = form.Wrong
	return v.check(v.form, page.Status(err))
}

// asked is the proposal of the draft, with what the form adds.
func (v *visit) asked(d draft, id customer.ID) (desk.Proposal, error) {
	p := v.proposal(d, id)
	p.Reason, p.LostChannel = first(v.form.Get("reason"), p.Reason), v.form.Has("lost", "yes")
	var err error
	p.Effective, err = v.effective(v.form)
	return p, err
}

// file stores the proposal together with the form's key, so that no crash can part them.
func (v *visit) file(name string, p desk.Proposal) (desk.Filed, error) {
	return v.Desk.Propose(store.Once(v.ctx, name, v.onceOf()), v.by(), p)
}

// sent drops what was sent from the draft, and goes where it is followed.
func (v *visit) sent(name string, d draft, filed desk.Filed) error {
	if err := v.keep(d.drop(v.record(), "")); err != nil {
		return err
	}
	return v.leadTo(name, filed)
}

// leadTo goes where what was filed is followed, and keeps that for the same form sent again.
func (v *visit) leadTo(name string, filed desk.Filed) error {
	where := v.filedPath(filed.Submission, filed.Changes)
	ctx := context.WithoutCancel(v.ctx)
	if err := v.Desk.KeepAnswer(ctx, name, v.onceOf(), http.StatusSeeOther, []byte(where)); err != nil && !errors.Is(err, store.ErrKept) {
		v.Log.WarnContext(ctx, "answer not kept", "code", fault.CodeOf(err))
	}
	return v.goTo(where, "you_sent")
}

// sentBefore goes where the same form led before; if that was not kept, the requests that it
// filed say where.
func (v *visit) sentBefore(was store.Repeat) error {
	if len(was.Answer) > 0 {
		return v.goTo(string(was.Answer), "you_sent")
	}
	filed, err := v.Reader.FiledAt(v.ctx, v.by(), was.At)
	if err != nil {
		return err
	}
	return v.goTo(v.filedPath(filed[0].Submission, filed), "you_sent")
}

// filedPath is where a submission is followed: its one request, or the list of its parts.
func (v *visit) filedPath(submission string, filed []change.Request) string {
	if len(filed) == 1 {
		return v.changePath(filed[0].ID)
	}
	path := "/me/requests/" + submission
	if id := v.record(); string(id) != v.by().ID {
		path = with(path, "of", string(id))
	}
	return path
}

// onceName is the name of a form's key: its customer's alone.
func (v *visit) onceName() string {
	by := v.by()
	name := sha256.Sum256([]byte("portal\x00" + string(by.Sort) + "\x00" + by.ID + "\x00" + by.Via + "\x00" + v.form.Get("key")))
	return hex.EncodeToString(name[:])
}

func (v *visit) onceOf() []byte {
	request := sha256.Sum256([]byte(v.r.URL.Path + "\x00" + v.form.Get("key")))
	return request[:]
}
