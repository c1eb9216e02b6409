package main

import (
	"errors"
	"io/fs"
	"os"

	"amend/fault"
	"amend/internal/doctor"
	"amend/internal/store"
)

type supportCmd struct {
	File string `arg:"" help:"${support_file}"`
	Deep bool   `help:"${doctor_deep}"`
}

// Run writes what somebody who helps needs to know. It never overwrites a file, and leaves
// none that is half written.
func (c supportCmd) Run(a *app) error {
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.Conflict, "file_exists", "path", c.File)
	case err != nil:
		return fault.New(fault.Invalid, "file_unwritable", "path", c.File)
	}
	err = errors.Join(a.bundle(f, c.Deep), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(c.File))
	}
	a.say("已写好 %s：没有客户资料和秘密，发出前可以打开看", "Wrote %s: no customer and no secret is in it; open it and look before you send it", c.File)
	return nil
}

func (a *app) bundle(f *os.File, deep bool) error {
	b := doctor.Bundle{Program: version(), Report: a.examine(a.ctx, deep)}
	for _, l := range a.config.Lines() {
		b.Settings = append(b.Settings, store.Setting{Name: l.Name, Value: l.Value})
	}
	patient, _ := a.patient(deep)
	return b.Write(a.ctx, patient, f)
}
