package doctor

import (
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/fault"
	"amend/internal/store"
	"amend/internal/witness"
)

// quickEntries is how many of the newest entries a quick look replays.
const quickEntries = 1000

// seen is the newest head that holds, with its signed text.
type seen struct {
	audit.Checkpoint
	newest int64 // size of the newest head there is, whether it holds or not
	signed string
}

// logKey looks whether the log can be signed, and whether the public key that stands in the
// clear is the other half: with a foreign one nothing about the log can be said.
func (x *exam) logKey() error {
	err := x.desk.CheckKeys(x.ctx)
	switch {
	case err == nil:
	case store.Corrupt(err):
		return err
	case fault.CodeOf(err) == "log_key_swapped":
		x.dark = true
		x.add(Finding{Area: "log_key", Code: "log_key_public", Level: Damaged})
	default:
		x.add(Finding{Area: "log_key", Code: "log_key_sealed", Level: Damaged})
	}
	return nil
}

// log replays the newest entries, or all, and says how long new ones wait.
func (x *exam) log() error {
	if x.dark {
		return nil
	}
	x.dark = true // until it is read
	public, err := x.desk.LogKey(x.ctx)
	if err != nil {
		return err
	}
	key, err := note.NewVerifier(public)
	if err != nil {
		return err
	}
	newest := int64(quickEntries)
	if x.Deep {
		newest = 0
	}
	var found gathered
	if err := x.remember(); err != nil {
		return err
	}
	x.distrust = map[string]bool{}
	head, extent, err := x.store.ExamineLog(x.ctx, key, newest, func(f store.Flaw) {
		found.take(f)
		if f.Code == store.EntryEdited {
			x.distrust[f.Row] = true
		}
	})
	x.flawed = x.tell(found)["log"]
	if err != nil {
		return err
	}
	x.head.Checkpoint, x.report.Extent.Entries = head, extent.Entries
	if x.head.newest, x.head.signed, err = x.view.Head(); err != nil {
		return err
	}
	x.dark = false
	return x.waiting()
}

// waiting says how long new entries wait for their place.
func (x *exam) waiting() error {
	health, err := x.view.Health(x.store.Now())
	if err != nil {
		return err
	}
	x.placed(health)
	return nil
}

// placed judges how long the oldest entry has waited.
func (x *exam) placed(h store.Health) {
	late := h.LogLate(x.store.Now())
	switch {
	case !x.flawed && h.Unsequenced == 0:
		x.well("log", "log_idle", "signed", fmt.Sprint(h.LogSize))
	case late || !x.flawed:
		x.check(!late, "log", "log_well", "log_late",
			"signed", fmt.Sprint(h.LogSize), "waiting", fmt.Sprint(h.Unsequenced), "oldest", x.age(h.OldestUnsequenced).String())
	}
}

// age is how long something has waited, whole seconds; zero for nothing.
func (x *exam) age(since time.Time) time.Duration {
	if since.IsZero() {
		return 0
	}
	return max(0, x.store.Now().Sub(since)).Round(time.Second)
}

// remember reads what the witness saw, before the log is read: beside a running server the
// log may only have grown since.
func (x *exam) remember() error {
	if x.Witness == "" {
		return nil
	}
	public, err := x.desk.LogKey(x.ctx)
	if err != nil {
		return err
	}
	x.saw, x.unseen = witness.Look(x.Witness, public)
	return nil
}

// witness compares the newest head with what somebody else remembers of the log.
func (x *exam) witness() error {
	switch {
	case x.Witness == "":
		x.add(Finding{Area: "witness", Code: "witness_none", Level: Note})
	case x.dark:
		x.add(Finding{Area: "witness", Code: "witness_waits", Level: Note})
	case x.unseen != nil:
		return x.unseen
	default:
		return x.compare()
	}
	return nil
}

func (x *exam) compare() error {
	size, seen := fmt.Sprint(x.head.newest), fmt.Sprint(x.saw.Head.Size)
	switch {
	case x.head.newest == 0 && x.saw.Head.Size == 0:
		x.well("witness", "witness_well", "size", size)
	case x.saw.Head.Size == 0:
		x.add(Finding{Area: "witness", Code: "witness_empty", Level: Ill, Params: pairs([]string{"path", x.Witness})})
	case x.saw.Head.Size > x.head.newest:
		x.add(Finding{Area: "witness", Code: "witness_ahead", Level: Damaged, Params: pairs([]string{"size", size, "seen", seen})})
	case x.flawed:
		x.add(Finding{Area: "witness", Code: "witness_waits", Level: Note})
	case !x.extends(x.saw.Head):
		x.add(Finding{Area: "witness", Code: "witness_forked", Level: Damaged, Params: pairs([]string{"size", size, "seen", seen})})
	default:
		return x.behind()
	}
	return nil
}

// extends reports whether the log of today has everything that the witness saw.
func (x *exam) extends(old audit.Checkpoint) bool {
	proof, err := audit.Consistency(old.Size, x.head.Size, x.view.LogRows)
	return err == nil && proof.Extends(old, x.head.Checkpoint) == nil
}

// behind looks whether the witness keeps up. A running server shows it every head at once.
func (x *exam) behind() error {
	public, err := x.desk.LogKey(x.ctx)
	if err != nil {
		return err
	}
	current := x.saw.Head.Size == x.head.newest && cosigned(x.head.signed, public, x.saw.Key)
	fresh := x.age(x.head.At) < lateWork
	x.check(current || fresh, "witness", "witness_well", "witness_stale",
		"size", fmt.Sprint(x.head.newest), "seen", fmt.Sprint(x.saw.Head.Size), "since", x.saw.Head.At.Format(time.RFC3339))
	return nil
}

func cosigned(signed, logKey, witnessKey string) bool {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return false
	}
	own, err := note.NewVerifier(witnessKey)
	if err != nil {
		return false
	}
	_, by, err := audit.OpenCheckpoint([]byte(signed), log, own)
	return err == nil && len(by) == 1
}
