package desk_test

import (
	"testing"

	"amend/customer"
	"amend/internal/store"
)

func TestFinishedTaskIsOnRecordAndItsNoticeIsTold(t *testing.T) {
	h := open(t)
	id := h.customer(map[customer.Key]customer.Content{
		"legal_name": "王小芳", "phone": "+8613800138000", "address": `{"country":"CN","region":"310115","line":"科苑路88号"}`,
	})
	r := h.file(h.staff["ada"], proposal(id, "phone", "13900139000"))
	tasks, err := h.view().Tasks(r.ID)
	h.ok(err)
	if len(tasks) != 1 || tasks[0].Kind != "letter" || tasks[0].Contact != "address" {
		t.Fatalf("want a letter to the address on record: %+v", tasks)
	}
	letter := func() store.NoticeState {
		notices, err := h.view().NoticesOf(r.ID)
		h.ok(err)
		for _, n := range notices {
			if n.Channel == "letter" {
				return n.State
			}
		}
		return ""
	}
	if letter() != store.NoticeTask {
		t.Errorf("before the letter is posted: %s", letter())
	}
	entries := h.count(`SELECT COUNT(*) FROM entry`)
	h.refused(h.desk.Finish(h.ctx, h.staff["ada"], r.ID, tasks[0].ID, "perhaps"), "unknown_outcome")
	h.refused(h.desk.Finish(h.ctx, h.staff["bob"], r.ID, tasks[0].ID, "done"), "wrong_role")
	h.refused(h.desk.Finish(h.ctx, h.staff["ada"], r.ID, "06eaohgl0899opl0rd2i", "done"), "no_task")
	h.refused(h.desk.Finish(h.ctx, self(id), r.ID, tasks[0].ID, "done"), "staff_only")
	if n := h.count(`SELECT COUNT(*) FROM entry`); n != entries {
		t.Errorf("refusals left %d entries", n-entries)
	}
	h.ok(h.desk.Finish(h.ctx, h.staff["ada"], r.ID, tasks[0].ID, "done"))
	if letter() != store.NoticeSent {
		t.Errorf("after the letter was posted: %s", letter())
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'finish'`); n != 1 {
		t.Errorf("%d entries", n)
	}
	h.refused(h.desk.Finish(h.ctx, h.staff["ada"], r.ID, tasks[0].ID, "failed"), "task_done")
}

func TestNobodyTakesASecondLookAtTheirOwnDecision(t *testing.T) {
	h := open(t)
	r := h.file(h.staff["ada"], proposal(h.fang(), "name_spelling", "Wang Fang"))
	h.ok(h.desk.Approve(h.ctx, h.staff["bob"], r.ID, r.Hash(), ""))
	const task = "06eaohgl0899opl0rd2i"
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.AddTask(store.Task{ID: task, Kind: "second_look", Record: r.Record, Change: r.ID, Role: "approver", OpenedAt: tx.Now(), DueAt: tx.Now()})
		return nil
	}))
	h.refused(h.desk.Finish(h.ctx, h.staff["bob"], r.ID, task, "done"), "took_part")
	h.ok(h.desk.Finish(h.ctx, h.staff["bea"], r.ID, task, "done"))
}
