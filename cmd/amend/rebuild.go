package main

import (
	"amend/customer"
	"amend/internal/store"
)

type rebuildCmd struct {
	Check bool `required:"" help:"${rebuild_check}"`
}

// Run folds every record's entries again and compares them byte by byte with what is
// stored; then it looks for values that nothing accounts for.
func (rebuildCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		records, different, err := a.compare(h, true)
		if err != nil {
			return err
		}
		if different > 0 {
			a.say("%d 份档案中有 %d 份与日志不一致。请立即联系安全管理员，不要修改它们", "%d records, %d of them not as the log has it. Contact security now and don't touch them", records, different)
			return exit(exitUnproven)
		}
		return a.causes(h, records)
	})
}

// compare says which records are not what the log makes of them. Without the master key
// nobody can tell whether they are sealed.
func (a *app) compare(h *house, sealed bool) (records, different int, err error) {
	err = h.store.Rebuild(a.ctx, func(r store.Rebuilt) error {
		records++
		r.MAC = r.MAC || !sealed
		if !r.Equal() {
			different++
			a.say("✗ %s  %s", "✗ %s  %s", r.ID, a.difference(r))
		}
		return nil
	})
	return records, different, err
}

func (a *app) difference(r store.Rebuilt) string {
	switch {
	case r.Have == nil:
		return a.pick("日志里有，库里没有", "in the log, not in the database")
	case r.Want == nil:
		return a.pick("库里有，日志里没有", "in the database, not in the log")
	case !r.MAC:
		return a.pick("封印不符", "its seal is broken")
	}
	return a.pick("内容不同", "its bytes differ")
}

func (a *app) causes(h *house, records int) error {
	n := 0
	err := h.store.View(a.ctx).Causeless(func(id customer.ID, key customer.Key) error {
		n++
		a.say("✗ %s  %s 没有来由", "✗ %s  %s has no cause", id, key)
		return nil
	})
	if err != nil {
		return err
	}
	if n > 0 {
		return exit(exitUnproven)
	}
	a.say("一致：%d 份档案逐字节相同，每个值都有来由", "Equal: %d records, byte for byte, and every value has a cause", records)
	return nil
}
