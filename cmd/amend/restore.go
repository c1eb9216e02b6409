package main

import (
	"errors"

	"amend/internal/backup"
	"amend/internal/keys"
	"amend/internal/store"
)

type restoreCmd struct {
	File     string `arg:"" help:"${backup_file}"`
	Identity string `required:"" placeholder:"FILE" help:"${backup_identity}"`
}

// Run makes the configured database from a backup, and examines what it made. The master
// key comes first: nothing is restored that could not be read.
func (c restoreCmd) Run(a *app) error {
	master, err := keys.OpenFile(a.config.KeyFile)
	if err != nil {
		return refusing(err)
	}
	url := string(a.config.Database)
	m, err := backup.Restore(a.ctx, c.File, c.Identity, url, func(m store.Manifest) error {
		return refusing(master.Check(backup.MasterOf(m)))
	})
	if err != nil {
		return err
	}
	a.say("已恢复 %d 行", "Restored %d rows", m.Rows())
	back := restored{app: a, manifest: m, url: url, logKey: backup.LogKeyOf(m), master: master}
	back.introduce()
	err = errors.Join(back.examine(), back.againstWitness())
	a.advise("备份之后的变更不在里面；备份时排队的通知会再发一次，之后停用的登录重新有效。\n先看一切是否正常：amend doctor，再启动：amend serve",
		"What was done after the backup isn't in it; notices that were queued then go out again, and sign-ins revoked since work again.\nSee that all is well: amend doctor. Then start: amend serve")
	return err
}
