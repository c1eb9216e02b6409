package main

import (
	"errors"
	"os"
	"path/filepath"

	"amend/internal/backup"
)

type backupCmd struct {
	Key    backupKeyCmd    `cmd:"" help:"${backup_key}"`
	Make   backupMakeCmd   `cmd:"" help:"${backup_make}"`
	Verify backupVerifyCmd `cmd:"" help:"${backup_verify}"`
}

type backupKeyCmd struct {
	File string `arg:"" help:"${backup_key_file}"`
}

// Run makes the key that opens backups, and prints the half that the server needs.
func (c backupKeyCmd) Run(a *app) error {
	recipient, err := backup.NewKey(c.File)
	if err != nil {
		return err
	}
	a.say("%s", "%s", recipient)
	a.advise("私钥在 %s：打开每一份备份都要用它。移到别处保管，不要留在服务器上，也不要和备份放在一起。\n服务器只需要上面这一行：AMEND_BACKUP_RECIPIENT=%s",
		"The secret half is in %s, and opens every backup. Move it away: not on the server, not beside the backups.\nThe server needs only the line above: AMEND_BACKUP_RECIPIENT=%s", c.File, recipient)
	return nil
}

type backupMakeCmd struct {
	File      string   `arg:"" help:"${backup_file}"`
	Recipient []string `env:"AMEND_BACKUP_RECIPIENT" placeholder:"age1…" help:"${backup_recipient}"`
}

// Run writes one backup of everything, beside a server that goes on.
func (c backupMakeCmd) Run(a *app) error {
	texts := make([]string, len(c.Recipient))
	for i, r := range c.Recipient {
		texts[i] = publicKey(r)
	}
	to, err := backup.Recipients(texts)
	if err != nil {
		return err
	}
	return a.within(func(h *house) error {
		made, err := backup.Make(a.ctx, h.store, c.File, version(), to)
		if err != nil {
			return err
		}
		a.say("已备份到 %s：%d 份档案，%d 条记录，%.1f MB", "Backed up to %s: %d records, %d entries, %.1f MB",
			c.File, made.Of("golden_record"), made.Of("entry"), float64(made.Size)/1e6)
		a.say("SHA-256  %s", "SHA-256  %s", made.Digest)
		if err := h.desk.Backed(a.ctx, made.Digest, made.Of("entry")); err != nil {
			return err
		}
		a.advise("主密钥不在备份里，没有它备份读不出客户资料：另行保管 amend key backup 的副本。\n核对这份备份：amend backup verify %s --identity 备份密钥文件",
			"The master key isn't in it, and without that no customer can be read: keep the copy of amend key backup elsewhere.\nCheck this backup: amend backup verify %s --identity FILE", c.File)
		return nil
	})
}

type backupVerifyCmd struct {
	File     string `arg:"" help:"${backup_file}"`
	Identity string `required:"" placeholder:"FILE" help:"${backup_identity}"`
	Key      string `placeholder:"PUB" help:"${receipt_pub}"`
}

// Run restores a backup into a folder that is then removed, checks all of it, and proves
// that its log is the beginning of the live one, if that can be reached.
func (c backupVerifyCmd) Run(a *app) (err error) {
	dir, err := os.MkdirTemp("", "amend-verify-*") // for its owner alone
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	url := "sqlite://" + filepath.ToSlash(filepath.Join(dir, "amend.db"))
	m, err := backup.Restore(a.ctx, c.File, c.Identity, url, nil)
	if f, ok := asFault(err); ok && f.Code == "backup_damaged" {
		return a.unproven(err)
	}
	if err != nil {
		return err
	}
	back := restored{app: a, manifest: m, url: url, logKey: backup.LogKeyOf(m)}
	if c.Key != "" {
		back.logKey = publicKey(c.Key)
	}
	if back.master, err = back.masterKey(); err != nil {
		return err
	}
	back.introduce()
	if err := back.examine(); err != nil {
		return err
	}
	return back.againstLive()
}
