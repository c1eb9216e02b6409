package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"amend/desk"
	"amend/fault"
	"amend/internal/backup"
	"amend/internal/keys"
	"amend/internal/store"
)

// A restored is a database that was made from a backup, to be examined.
type restored struct {
	*app
	manifest store.Manifest
	url      string
	logKey   string
	master   *keys.Master // nil where it is not at hand: seals cannot be checked
}

// masterKey answers the master key if the configured one is the backup's, nil if there is
// none here: backups are checked on other machines, too, where it has no business.
func (r restored) masterKey() (*keys.Master, error) {
	master, err := keys.OpenFile(r.config.KeyFile)
	switch {
	case err == nil && master.Check(backup.MasterOf(r.manifest)) == nil:
		return master, nil
	case err == nil || fault.CodeOf(err) == "key_missing":
		return nil, nil
	}
	return nil, refusing(err)
}

// introduce says what the backup is of.
func (r restored) introduce() {
	m := r.manifest
	r.say("备份于 %s，程序 %s，主密钥 %s", "Made at %s by amend %s, master key %s", m.Made.Format("2006-01-02 15:04:05Z"), m.Program, backup.MasterOf(m))
	r.say("%d 份档案，%d 条记录，已签名 %d 条", "%d records, %d entries, %d of them signed", m.Of("golden_record"), m.Of("entry"), m.LogSize)
}

// examine checks the log and every record, as amend log verify and amend rebuild do.
func (r restored) examine() (err error) {
	h, err := r.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	if err := r.examineLog(h); err != nil {
		return r.unproven(err)
	}
	records, different, err := r.compare(h, r.master != nil)
	if err != nil {
		return err
	}
	if different > 0 {
		r.say("%d 份档案中有 %d 份与日志不一致。请立即联系安全管理员，不要修改它们", "%d records, %d of them not as the log has it. Contact security now and don't touch them", records, different)
		return exit(exitUnproven)
	}
	if r.master == nil {
		r.say("日志完好，%d 份档案与日志一致。这里没有主密钥，没有核对封印和来由", "The log is intact and makes all %d records. There's no master key here, so seals and causes weren't checked", records)
		return nil
	}
	r.say("日志完好，签名有效", "The log is intact and its signature holds")
	return r.causes(h, records)
}

// open opens the copy as it is, with nothing of the world around it.
func (r restored) open() (*house, error) {
	h := &house{keys: r.master}
	var err error
	if h.keys == nil {
		h.keys, err = keys.New(rand.Reader) // a stand-in, which opens nothing
	}
	if err == nil {
		h.rules, err = r.houseRules()
	}
	if err != nil {
		return nil, err
	}
	h.store, err = store.Open(r.ctx, store.Options{URL: r.url, Keys: h.keys, Catalog: h.rules.Catalog, Log: r.logger()})
	if err != nil {
		return nil, err
	}
	h.desk = desk.New(h.store, h.keys, h.rules, desk.Outside{})
	return h, nil
}

func (r restored) examineLog(h *house) error {
	v := h.store.View(r.ctx)
	head, err := newestHead(v, r.logKey)
	if err == nil {
		err = replay(v, head)
	}
	if err == nil {
		err = h.store.Snapshot(r.ctx, unsigned)
	}
	if err == nil && r.master != nil {
		err = h.desk.CheckKeys(r.ctx)
	}
	return err
}

// againstLive proves that the backup's log is the beginning of the live one, and says so;
// or says why there is nothing to prove it against.
func (r restored) againstLive() (err error) {
	live := string(r.config.Database)
	print, err := desk.KeyOf(r.ctx, live)
	switch {
	case err != nil:
		r.advise("没有与现有日志比对：%s", "Not compared with the live log: %s", r.inWords(err))
		return nil
	case print == "":
		r.advise("没有与现有日志比对：这里没有现有数据库", "Not compared with the live log: there's no live database here")
		return nil
	case print != backup.MasterOf(r.manifest):
		r.advise("没有与现有日志比对：现有数据库属于另一把主密钥 %s", "Not compared with the live log: the live database belongs to another master key, %s", print)
		return nil
	}
	s, err := store.Open(r.ctx, store.Options{URL: live, Log: r.logger()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	older, err := backup.Head(r.manifest.LogHead, r.logKey)
	if err != nil {
		return r.unproven(err)
	}
	head, err := backup.Extends(older, s.View(r.ctx), r.logKey)
	if err != nil {
		return r.unproven(err)
	}
	r.say("备份的 %d 条签名记录正是现有 %d 条的开头：一致性证明成立", "Its %d signed entries are the beginning of the live log of %d: the consistency proof holds", older.Size, head.Size)
	return nil
}

// againstWitness compares the restored log with the head that the witness remembers. One
// that is behind it misses what was done since the backup, and the server will refuse it.
func (r restored) againstWitness() (err error) {
	if r.config.Witness == "" {
		return nil
	}
	if _, err := os.Stat(r.config.Witness); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	signed, err := readFile(r.config.Witness, 64<<10)
	if err != nil {
		return err
	}
	seen, err := backup.Head(string(signed), r.logKey)
	if err != nil {
		return r.unproven(fault.New(fault.Conflict, "witness_other_log", "path", r.config.Witness))
	}
	h, err := r.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.store.Close()) }()
	head, err := backup.Extends(seen, h.store.View(r.ctx), r.logKey)
	switch {
	case fault.CodeOf(err) == "log_behind":
		r.say("✗ 见证见过 %d 条签名记录，这份备份只有 %d 条：之后的 %d 条不在里面，amend serve 会拒绝启动。有更新的备份就用它；没有，就由两人确认，记下原因，移走 %s 和它的 .key，再启动",
			"✗ The witness saw %d signed entries and this backup has %d: the %d since aren't in it, and amend serve will refuse to start. Use a newer backup if there is one. If not, have two people agree, note why, and move %s and its .key away before you start",
			seen.Size, head.Size, seen.Size-head.Size, r.config.Witness)
		return exit(exitUnproven)
	case err != nil:
		return r.unproven(err)
	}
	r.say("不比见证旧：见证见过 %d 条，一致性证明成立", "Not older than the witness: it saw %d entries, and the consistency proof holds", seen.Size)
	return nil
}
