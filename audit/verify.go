package audit

import (
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"amend/fault"
)

// A Check is one step of verifying a receipt.
type Check string

// The checks, in the order they run. The first that fails ends the run.
const (
	CheckForm       Check = "form"       // the file is a receipt of a format we know
	CheckSeal       Check = "seal"       // the log's key signed every word of the statement
	CheckCheckpoint Check = "checkpoint" // the log's key signed the head; no witness signature is wrong
	CheckInclusion  Check = "inclusion"  // every leaf leads to that head
	CheckOpenings   Check = "openings"   // every line opens a commitment of those leaves
)

// A Verdict is what verifying one receipt found.
type Verdict struct {
	Receipt    Receipt
	Checkpoint Checkpoint
	Entries    []Entry  // the receipt's leaves, parsed
	Witnesses  []string // names of the witness keys that cosigned the checkpoint
	Passed     []Check  // what held, in order
	Failed     Check    // what did not; empty if the receipt is verified
}

// Verify checks a receipt offline against the log's published key. Witness keys that the
// reader trusts are counted, not demanded: whoever wants two of them compares
// len(Verdict.Witnesses). The error, nil for a verified receipt, says what is wrong.
func Verify(file []byte, logKey string, witnessKeys ...string) (Verdict, error) {
	log, witnesses, err := verifiers(logKey, witnessKeys)
	if err != nil {
		return Verdict{}, err
	}
	var v Verdict
	for _, step := range []struct {
		check Check
		holds func() error
	}{
		{CheckForm, func() error { v.Receipt, err = ParseReceipt(file); return err }},
		{CheckSeal, func() error { return v.checkSeal(log) }},
		{CheckCheckpoint, func() error {
			v.Checkpoint, v.Witnesses, err = OpenCheckpoint([]byte(v.Receipt.Checkpoint), log, witnesses...)
			return err
		}},
		{CheckInclusion, v.checkInclusion},
		{CheckOpenings, v.checkOpenings},
	} {
		if err := step.holds(); err != nil {
			v.Failed = step.check
			return v, err
		}
		v.Passed = append(v.Passed, step.check)
	}
	return v, nil
}

func verifiers(logKey string, witnessKeys []string) (log note.Verifier, witnesses []note.Verifier, err error) {
	if log, err = note.NewVerifier(logKey); err != nil {
		return nil, nil, fault.New(fault.Malformed, "bad_key_text")
	}
	for i, k := range witnessKeys {
		if k == logKey || slices.Contains(witnessKeys[:i], k) { // a log is not its own witness, and nobody counts twice
			continue
		}
		w, err := note.NewVerifier(k)
		if err != nil {
			return nil, nil, fault.New(fault.Malformed, "bad_key_text")
		}
		witnesses = append(witnesses, w)
	}
	return log, witnesses, nil
}

func (v *Verdict) checkSeal(log note.Verifier) error {
	n, err := open([]byte(v.Receipt.Seal), log, nil)
	if err != nil {
		return err
	}
	if n.Text != v.Receipt.Statement.sealText() {
		return fault.New(fault.Invalid, "receipt_altered")
	}
	return nil
}

func (v *Verdict) checkInclusion() error {
	for _, p := range v.Receipt.Entries {
		e, err := ParseLeaf(p.Leaf)
		if err != nil {
			return err
		}
		if err := p.Proof.Check(v.Checkpoint.Size, v.Checkpoint.Root, p.Pos, tlog.RecordHash(p.Leaf)); err != nil {
			return err
		}
		v.Entries = append(v.Entries, e)
	}
	for _, s := range v.Receipt.Statement.Steps {
		if s.Pos >= v.Checkpoint.Size {
			return fault.New(fault.Invalid, "not_in_log", "pos", s.Pos, "size", v.Checkpoint.Size)
		}
	}
	return nil
}

func (v *Verdict) checkOpenings() error {
	for i, l := range v.Receipt.Statement.Lines {
		if len(l.Openings) == 0 || !v.open(l.Openings) {
			return fault.New(fault.Invalid, "opening_wrong", "line", i+1)
		}
	}
	return nil
}

// open reports whether each opening opens a commitment of one of the entries.
func (v *Verdict) open(openings []Opening) bool {
	for _, o := range openings {
		c := o.Commitment()
		if !slices.ContainsFunc(v.Entries, func(e Entry) bool { return slices.Contains(e.Commits, c) }) {
			return false
		}
	}
	return true
}
