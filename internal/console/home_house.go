package console

import (
	"strconv"
	"time"

	"amend/access"
	"amend/internal/page"
	"amend/internal/store"
)

// A houseLine is one thing about the house: how it stands, and where to act. Without a tone
// it is fine.
type houseLine struct {
	Tone    page.Tone
	Seal    page.Proof // the log's line alone
	Text    string
	Note    string
	Command string // that is run on the server
	Link    page.Link
}

// homeHouse reads how the house stands: what waits for systems and for channels, what needs
// a person, and whether the log holds.
func (v *visit) homeHouse(h *homePage) error {
	health, err := v.Reader.Health(v.ctx, v.by())
	if err != nil {
		return err
	}
	h.House = []houseLine{v.houseSystems(health), v.houseStopped(health), v.houseMessages(health), v.houseTimers(health), v.houseBackup(health)}
	if v.by().May(access.ReadLog) != nil {
		return nil
	}
	sealed, err := v.houseLog()
	if err == nil {
		h.House = append(h.House, sealed)
	}
	return err
}

// lateSince reports whether the oldest of what waits has waited too long.
func (v *visit) lateSince(oldest time.Time) bool {
	return !oldest.IsZero() && v.page.Now.Sub(oldest) > lateAfter
}

func (v *visit) houseSystems(h store.Health) houseLine {
	l := houseLine{Text: v.page.T("console.house.systems_fine")}
	if h.DueDeliveries > 0 {
		l.Text = v.page.T("console.house.systems_wait", "n", strconv.FormatInt(h.DueDeliveries, 10))
		l.Note = v.page.T("console.house.since", "time", v.page.Moment(h.OldestDelivery))
	}
	if v.lateSince(h.OldestDelivery) {
		l.Tone = page.Warn
	}
	return v.leading(l, access.ReadSystems, "/systems", "console.house.see")
}

func (v *visit) houseStopped(h store.Health) houseLine {
	l := houseLine{Text: v.page.T("console.house.stopped_none")}
	if h.Exceptions > 0 {
		l.Tone, l.Text = page.Warn, v.page.T("console.house.stopped", "n", strconv.FormatInt(h.Exceptions, 10))
		l.Note = v.page.T("console.house.since", "time", v.page.Moment(h.OldestException))
	}
	return v.leading(l, access.ReadBoard, "/supervision", "console.house.act")
}

func (v *visit) houseMessages(h store.Health) houseLine {
	l := houseLine{Text: v.page.T("console.house.messages_fine")}
	switch {
	case h.Untaken > 0:
		l.Tone, l.Text = page.Warn, v.page.T("console.house.untaken", "n", strconv.FormatInt(h.Untaken, 10))
	case h.DueNotices > 0:
		l.Text = v.page.T("console.house.messages_wait", "n", strconv.FormatInt(h.DueNotices, 10))
	}
	if v.lateSince(h.OldestNotice) {
		l.Tone, l.Note = page.Warn, v.page.T("console.house.since", "time", v.page.Moment(h.OldestNotice))
	}
	return l
}

func (v *visit) houseTimers(h store.Health) houseLine {
	l := houseLine{Text: v.page.T("console.house.timers_fine")}
	switch {
	case h.Quarantined > 0:
		l.Tone, l.Text = page.Risk, v.page.T("console.house.stuck", "n", strconv.FormatInt(h.Quarantined, 10))
	case v.lateSince(h.OldestDue):
		l.Tone, l.Text = page.Warn, v.page.T("console.house.timers_late", "n", strconv.FormatInt(h.DueChanges, 10))
		l.Note = v.page.T("console.house.since", "time", v.page.Moment(h.OldestDue))
	}
	return v.leading(l, access.ReadBoard, "/supervision", "console.house.act")
}

const backupCommand = "amend backup make backup.age"

// backupLate is how old the newest backup may be: a daily one, and a day to notice.
const backupLate = 48 * time.Hour

func (v *visit) houseBackup(h store.Health) houseLine {
	switch age := v.page.Now.Sub(h.BackedAt); {
	case h.BackedAt.IsZero():
		return houseLine{Tone: page.Warn, Text: v.page.T("console.house.backup_none"), Note: v.page.T("console.house.on_server"), Command: backupCommand}
	case age > backupLate:
		return houseLine{Tone: page.Warn, Text: v.page.T("console.house.backup_old", "time", v.page.Moment(h.BackedAt)), Note: v.page.T("console.house.on_server"), Command: backupCommand}
	}
	return houseLine{Text: v.page.T("console.house.backup", "time", v.page.Moment(h.BackedAt))}
}

// leading adds the way to act where something is wrong, for whoever may go there.
func (v *visit) leading(l houseLine, act access.Act, path, word string) houseLine {
	if l.Tone != page.Quiet && v.by().May(act) == nil {
		l.Link = page.Link{Href: Base + path, Text: v.page.T(word)}
	}
	return l
}

// newestRead is how many entries are looked at for one that has its place: the sequencer
// gives places within a second.
const newestRead = 20

// houseLog checks the newest entry that has a place in the log against the signed head, on
// this load.
func (v *visit) houseLog() (houseLine, error) {
	l := houseLine{Seal: page.Pending, Text: v.page.Word("seal", "pending")}
	found, err := v.Reader.Entries(v.ctx, v.by(), store.EntryFilter{}, store.Slice{Limit: newestRead})
	if err != nil {
		return l, err
	}
	for _, e := range found.Items {
		if e.Pos == nil {
			continue
		}
		p := proofPage{Page: v.page, Full: store.EntryView{EntryLine: e}}
		if err := v.prove(&p); err != nil {
			return l, err
		}
		l.Seal, l.Text, l.Note = p.Seal, v.page.Word("seal", string(p.Seal)), p.Says
		if p.Seal == page.Failed {
			l.Tone, l.Link = page.Risk, page.Link{Href: Base + "/audit", Text: v.page.T("console.house.see")}
		}
		return l, nil
	}
	return l, nil
}
