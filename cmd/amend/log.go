package main

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/fault"
	"amend/internal/store"
)

type logCmd struct {
	Verify     logVerifyCmd     `cmd:"" help:"${log_verify}"`
	Checkpoint logCheckpointCmd `cmd:"" help:"${log_checkpoint}"`
}

type logVerifyCmd struct {
	Key string `placeholder:"PUB" help:"${receipt_pub}"`
}

// replayPage is how many leaves are read at a time.
const replayPage = 1000

// Run replays the log from its first entry and compares it with the newest signed head,
// the stored hashes that proofs are made from, and the seal of every record.
func (c logVerifyCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		if err := h.desk.CheckKeys(a.ctx); err != nil {
			return a.unproven(err)
		}
		key, err := c.publicKey(a, h)
		if err != nil {
			return err
		}
		v := h.store.View(a.ctx)
		head, err := newestHead(v, key)
		if err != nil {
			return a.unproven(err)
		}
		if err := replay(v, head); err != nil {
			return a.unproven(err)
		}
		if err := h.store.Snapshot(a.ctx, unsigned); err != nil {
			return a.unproven(err)
		}
		return a.verifySeals(h, head)
	})
}

func (c logVerifyCmd) publicKey(a *app, h *house) (string, error) {
	if c.Key != "" {
		return publicKey(c.Key), nil
	}
	return h.desk.LogKey(a.ctx)
}

// newestHead answers the newest checkpoint, its signature checked; the zero one for an
// empty log.
func newestHead(v store.View, key string) (audit.Checkpoint, error) {
	log, err := note.NewVerifier(key)
	if err != nil {
		return audit.Checkpoint{}, fault.New(fault.Malformed, "bad_key_text")
	}
	size, signed, err := v.Head()
	if err != nil || size == 0 {
		return audit.Checkpoint{}, err
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), log)
	return head, err
}

// replay reads every leaf below the head again.
func replay(v store.View, head audit.Checkpoint) error {
	if head.Size == 0 {
		return nil
	}
	var r audit.Replay
	for r.Size() < head.Size {
		leaves, err := v.Leaves(r.Size(), int(min(replayPage, head.Size-r.Size())))
		if err != nil {
			return err
		}
		if len(leaves) == 0 || leaves[0].Pos != r.Size() {
			break
		}
		for _, l := range leaves {
			if err := r.Add(l.Leaf); err != nil {
				return err
			}
		}
	}
	if err := r.Match(head); err != nil {
		return err
	}
	stored, err := audit.OpenTree(head.Size, v.LogRows)
	if err == nil && stored.Root() != head.Root {
		err = fault.New(fault.Conflict, "log_rows_missing")
	}
	return err
}

// unsigned refuses entries that have a place behind the newest signed head.
func unsigned(v store.View) error {
	size, _, err := v.Head()
	if err != nil {
		return err
	}
	beyond, err := v.Leaves(size, 1)
	if err == nil && len(beyond) > 0 {
		err = fault.New(fault.Conflict, "log_long", "size", beyond[0].Pos+1, "signed", size)
	}
	return err
}

// verifySeals checks the authentication code of every record, and that none is gone.
func (a *app) verifySeals(h *house, head audit.Checkpoint) error {
	records, broken := 0, 0
	err := h.store.Rebuild(a.ctx, func(r store.Rebuilt) error {
		records++
		if !r.MAC {
			broken++
			a.say("✗ 档案 %s 被改动过，或不见了", "✗ record %s was altered, or is gone", r.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if broken > 0 {
		return exit(exitUnproven)
	}
	a.say("记录完好，已核对：%d 条记录，%d 份档案", "Record intact, checked: %d entries, %d records", head.Size, records)
	return nil
}

type logCheckpointCmd struct{}

// Run prints the newest signed head as it is: witnesses and other verifiers read it.
func (logCheckpointCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		size, signed, err := h.store.View(a.ctx).Head()
		if err != nil {
			return err
		}
		if size == 0 {
			return fault.New(fault.NotFound, "log_empty")
		}
		_, err = fmt.Fprint(a.out, signed)
		return err
	})
}
