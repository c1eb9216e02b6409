package audit

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// receiptFormat names the format of a receipt, and opens what its seal signs.
const receiptFormat = "amend.receipt.v1"

// Text is the same words in both languages of a receipt.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Statement is what a receipt says to its reader. The log's key signs all of it, so that
// no word can be changed; what it says of values, the log's entries prove.
type Statement struct {
	Ref       string        `json:"ref"`          // "REQ-7KQ2H"
	Company   Text          `json:"company"`      // who issues it
	To        string        `json:"to,omitempty"` // the customer's name, masked
	Say       Text          `json:"say"`          // what happened, one sentence
	Effective time.Time     `json:"effective"`    // shown in the zone it carries
	Issued    time.Time     `json:"issued"`
	Lines     []Line        `json:"lines"`
	Steps     []Step        `json:"steps"`
	Systems   []Text        `json:"systems"`   // those that acknowledged the change
	Help      Text          `json:"help"`      // where to turn if it was not the customer
	Witnesses []WitnessName `json:"witnesses"` // those expected to have cosigned
}

// A Line is one value that changed. Each has at least one opening: a receipt proves what it says.
type Line struct {
	Label    Text      `json:"label"`
	Was      string    `json:"was"` // masked; empty if there was none
	Now      string    `json:"now"` // masked; empty if it was removed
	Openings []Opening `json:"openings"`
}

// A Step is one thing that happened on the way.
type Step struct {
	At   time.Time `json:"at"`
	What Text      `json:"what"`
	Pos  int64     `json:"pos"` // its entry's place in the log; -1 if it has none to show
}

// A WitnessName is a witness as people know it.
type WitnessName struct {
	Key  string `json:"key"` // verifier key, as note writes it
	Name Text   `json:"name"`
}

// digest hashes the statement field by field in the leaf format's encoding, so that
// spaces and the order of members in the JSON do not matter.
func (s Statement) digest() Hash {
	var w writer
	w.raw([]byte(receiptFormat + "\n"))
	w.text(s.Ref)
	w.both(s.Company)
	w.text(s.To)
	w.both(s.Say)
	w.time(s.Effective)
	w.time(s.Issued)
	w.count(len(s.Lines))
	for _, l := range s.Lines {
		l.write(&w)
	}
	w.count(len(s.Steps))
	for _, step := range s.Steps {
		w.time(step.At)
		w.both(step.What)
		w.num(step.Pos)
	}
	w.count(len(s.Systems))
	for _, system := range s.Systems {
		w.both(system)
	}
	w.both(s.Help)
	w.count(len(s.Witnesses))
	for _, witness := range s.Witnesses {
		w.text(witness.Key)
		w.both(witness.Name)
	}
	return sha256.Sum256(w)
}

func (l Line) write(w *writer) {
	w.both(l.Label)
	w.text(l.Was)
	w.text(l.Now)
	w.count(len(l.Openings))
	for _, o := range l.Openings {
		w.text(o.Name)
		w.text(string(o.Salt))
		w.text(o.Content)
	}
}

func (w *writer) both(t Text) { w.text(t.ZH); w.text(t.EN) }

// time writes a time as it stands in the JSON, so that its zone is covered too.
func (w *writer) time(t time.Time) { w.text(t.Format(time.RFC3339Nano)) }

// sealText is what the log's key signs for a statement. Its second line is no number, so
// it can never pass for a checkpoint.
func (s Statement) sealText() string {
	d := s.digest()
	return receiptFormat + "\nsha256 " + base64.StdEncoding.EncodeToString(d[:]) + "\n"
}

// seal signs the statement with the log's key.
func (s Statement) seal(log note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: s.sealText()}, log)
}
