package experiments

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"amend/internal/backup"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestBackupTakenUnderLoadRestoresToAPrefixOfTheLog(t *testing.T) {
	r := begin(t, Trial{
		Name:   "backup",
		Title:  Words{"负载下的备份", "Backups under load"},
		Broken: Words{"8 个客户端不停提交变更，其间一份接一份地备份；每一份都恢复到空的数据库，第一份还换到另一种数据库再换回来", "8 clients keep filing changes while one backup is taken after the other; each is restored into an empty database, the first into the other kind and back, too"},
		Holds:  Words{"备份开始前已确认的变更都在恢复的数据里；每份档案等于其日志的折叠；恢复的日志是现有日志的开头，一致性证明成立", "every change that was acknowledged before the backup began is in what it restores; every record is the fold of its entries; the restored log begins the live one, by a consistency proof"},
	})
	lost := 0
	for _, place := range [][2]func(testing.TB) string{{storetest.SQLite, storetest.Postgres}, {storetest.Postgres, storetest.SQLite}} {
		url := place[0](t)
		t.Run(url[:strings.Index(url, ":")], func(t *testing.T) {
			inner := *r
			inner.T = t
			b := &backupRound{crowd: openBackupCrowd(&inner, url, inner.size(120, 3000)), place: place[0], other: place[1]}
			b.takeTurns(inner.size(2, 20))
			r.counted(b)
			lost += b.lost
		})
	}
	r.count(lost, "已确认而恢复后缺失的变更", "acknowledged changes that a restore lacked")
}

// counted adds what one database went through to the experiment's numbers.
func (r *run) counted(b *backupRound) {
	r.count(b.taken, "备份份数，每份都恢复并核对："+b.crowd.kind(), "backups, each restored and checked: "+b.crowd.kind())
	r.count(len(b.crowd.acked()), "已确认的变更："+b.crowd.kind(), "changes acknowledged: "+b.crowd.kind())
	r.count(b.meanwhile, "其中在备份进行时确认："+b.crowd.kind(), "of them while a backup was being taken: "+b.crowd.kind())
}

// A backupRound takes backups of a database while a crowd works on it.
type backupRound struct {
	crowd        *backupCrowd
	place, other func(testing.TB) string // makes an empty database: of the same kind, of the other
	taken        int
	grown        bool // what is backed up is a copy whose log has gone on by itself
	lost         int  // changes that were acknowledged before a backup began and not in what it restored
	meanwhile    int  // changes that were acknowledged while a backup was being taken
}

// takeTurns takes n backups and restores each.
func (b *backupRound) takeTurns(n int) {
	c := b.crowd
	key := filepath.Join(c.TempDir(), "backup.key")
	recipient, err := backup.NewKey(key)
	c.must(err)
	to, err := backup.Recipients([]string{recipient})
	c.must(err)
	for turn := range n {
		path := filepath.Join(c.TempDir(), fmt.Sprintf("%d.age", turn))
		before := b.takeOne(path, to)
		url := b.place(c.T)
		b.restored(path, key, url, before)
		if turn == 0 {
			b.across(path, key, to, before)
		}
	}
}

// takeOne takes a backup in the middle of the crowd's work, and answers what had been
// acknowledged when it began.
func (b *backupRound) takeOne(path string, to []age.Recipient) (before []backupAck) {
	c := b.crowd
	stop := c.work()
	defer stop()
	warm := c.size(60, 150)
	c.await(len(c.acked()) + warm)
	before = c.acked()
	_, err := backup.Make(c.Context(), c.store, path, "experiment", to)
	c.must(err)
	b.meanwhile += len(c.acked()) - len(before)
	b.taken++
	c.await(len(c.acked()) + warm/2)
	return before
}

// across restores into the other kind of database, and what a backup of that holds into
// the first kind again.
func (b *backupRound) across(path, key string, to []age.Recipient, before []backupAck) {
	c := b.crowd
	there := b.other(c.T)
	b.restored(path, key, there, before)
	s, err := store.Open(c.Context(), store.Options{URL: there, Keys: c.master})
	c.must(err)
	back := path + ".back"
	_, err = backup.Make(c.Context(), s, back, "experiment", to)
	c.must(err)
	c.must(s.Close())
	b.taken++
	b.grown = true
	defer func() { b.grown = false }()
	b.restored(back, key, b.place(c.T), before)
}

// restored restores a backup and judges what came out.
func (b *backupRound) restored(path, key, url string, before []backupAck) {
	c := b.crowd
	c.Helper()
	m, err := backup.Restore(c.Context(), path, key, url, nil)
	c.must(err)
	live, d := c.open(url)
	defer func() { c.must(live.Close()) }()
	if !b.grown {
		b.begins(m, live)
	}
	b.holds(live, before)
	for _, problem := range whole(c.T, live, c.master, d) {
		c.Errorf("%s: %s", filepath.Base(path), problem)
	}
}

// begins: the restored log is what its manifest says, and the live log has all of it in
// the same places.
func (b *backupRound) begins(m store.Manifest, restored *store.Store) {
	c := b.crowd
	older, err := backup.Head(m.LogHead, c.logKey())
	c.must(err)
	if older.Size == 0 {
		c.Error("a backup of an empty log proves nothing")
	}
	same, err := backup.Extends(older, restored.View(c.Context()), c.logKey())
	if err != nil || same != older {
		c.Errorf("the restored log is not the one of the backup: %d and %d, %v", same.Size, older.Size, err)
	}
	head, err := backup.Extends(older, c.store.View(c.Context()), c.logKey())
	if err != nil {
		c.Errorf("the restored log of %d does not begin the live one of %d: %v", older.Size, head.Size, err)
	}
}

// holds: nothing that was acknowledged before the backup began is missing.
func (b *backupRound) holds(restored *store.Store, before []backupAck) {
	c := b.crowd
	v := restored.View(c.Context())
	for _, ack := range before {
		request, err := v.Change(ack.change)
		if err != nil || request.AppliedAt.IsZero() || request.Record != ack.record {
			b.lost++
			c.Errorf("change %s was acknowledged and is not in the restored database: %v", ack.change, err)
		}
	}
}
