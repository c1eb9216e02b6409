package console

import (
	"net/url"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/internal/page"
	"amend/internal/store"
)

// auditHeadsPage lists every signed head of the log since it began, each checked now.
type auditHeadsPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	Heads   []headLine
	Witness string // its name; "" where there is none
	Broken  bool   // a shown head does not hold
	First   string
	Next    string
}

// A headLine is one head with what checking it found.
type headLine struct {
	Size    int64
	At      time.Time
	Signed  bool // by the log's key
	Extends bool // everything that the head before had is in it, in the same places
	Origin  bool // it is the first
	Seen    bool // the witness signed it
}

func auditHeadsShow(v *visit) error {
	v.page.Title = v.page.T("console.heads.title")
	after := v.r.URL.Query().Get("after")
	found, err := v.Reader.Checkpoints(v.ctx, v.by(), store.Slice{Cursor: after})
	if err != nil {
		return err
	}
	keys, err := v.logKeys()
	if err != nil {
		return err
	}
	a := auditHeadsPage{Page: v.page, Frame: v.frame("/audit"), Witness: keys.name(v.page)}
	for _, h := range found.Items {
		l := keys.head(h)
		a.Broken = a.Broken || !l.Signed || !l.Extends
		a.Heads = append(a.Heads, l)
	}
	if after != "" {
		a.First = Base + "/audit/checkpoints"
	}
	if found.Next != "" {
		a.Next = Base + "/audit/checkpoints?after=" + url.QueryEscape(found.Next)
	}
	return v.show(auditHeads(a))
}

// logKeys are the keys by which the log is checked.
type logKeys struct {
	text      string // the log's public key, as note writes it
	log       note.Verifier
	watched   audit.WitnessName
	witnesses []note.Verifier // none where no witness is set up
}

func (v *visit) logKeys() (k logKeys, err error) {
	if k.text, err = v.Desk.LogKey(v.ctx); err != nil {
		return k, err
	}
	if k.log, err = note.NewVerifier(k.text); err != nil {
		return k, err
	}
	watched, ok := v.Desk.Watched()
	if !ok {
		return k, nil
	}
	witness, err := note.NewVerifier(watched.Key)
	k.watched, k.witnesses = watched, []note.Verifier{witness}
	return k, err
}

// name is what the witness is called, "" where there is none.
func (k logKeys) name(p *page.Page) string {
	return p.Label(map[string]string{"zh": k.watched.Name.ZH, "en": k.watched.Name.EN}, k.watched.Key)
}

// head checks one head: its signature, that it extends the one before, and who saw it.
func (k logKeys) head(h store.HeadLine) headLine {
	l := headLine{Size: h.Size, At: h.At, Origin: h.Before == 0}
	is, seen, err := audit.OpenCheckpoint([]byte(h.Note), k.log, k.witnesses...)
	if err != nil {
		return l
	}
	l.Signed, l.Seen, l.Extends = true, len(seen) > 0, l.Origin
	if l.Origin {
		return l
	}
	was, _, err := audit.OpenCheckpoint([]byte(h.Was), k.log)
	l.Extends = err == nil && h.Proof.Extends(was, is) == nil
	return l
}
