package desk_test

import (
	"strings"
	"testing"
	"time"
)

func TestBackupIsOnRecordAndTheNewestIsKnown(t *testing.T) {
	h := open(t)
	before, err := h.view().Health(h.clock.Now())
	if h.ok(err); !before.BackedAt.IsZero() {
		t.Errorf("a new house was backed up at %s", before.BackedAt)
	}
	for _, digest := range []string{strings.Repeat("a", 64), strings.Repeat("b", 64)} {
		h.clock.Add(time.Hour)
		h.ok(h.desk.Backed(h.ctx, digest, 7))
	}
	after, err := h.view().Health(h.clock.Now())
	if h.ok(err); !after.BackedAt.Equal(h.clock.Now().Truncate(time.Second)) {
		t.Errorf("backed up at %s, not at %s", after.BackedAt, h.clock.Now())
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'backup'`); n != 2 {
		t.Errorf("%d entries", n)
	}
}
