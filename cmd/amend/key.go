package main

import (
	"bufio"
	"crypto/rand"
	"io"
	"os"
	"os/exec"
	"strings"

	"amend/desk"
	"amend/fault"
	"amend/internal/keys"
)

type keyCmd struct {
	Backup  keyBackupCmd  `cmd:"" help:"${key_backup}"`
	Restore keyRestoreCmd `cmd:"" help:"${key_restore}"`
	Check   keyCheckCmd   `cmd:"" help:"${key_check}"`
}

type keyBackupCmd struct {
	File string `arg:"" help:"${key_file}"`
}

// Run writes a sealed copy of the key. It never overwrites one.
func (c keyBackupCmd) Run(a *app) error {
	master, err := keys.OpenFile(a.config.KeyFile)
	if err != nil {
		return refusing(err)
	}
	pass, err := a.passphrase(true)
	if err != nil {
		return err
	}
	if err := master.Backup(c.File, pass, rand.Reader); err != nil {
		return err
	}
	a.advise("已备份到 %s。文件和口令分开保管，并与数据库的备份分开。", "Backed up to %s. Keep the file and the passphrase apart, and both away from the database's backups.", c.File)
	return nil
}

type keyRestoreCmd struct {
	File string `arg:"" help:"${key_file}"`
}

// Run brings the key back where the configuration looks for it, and checks it against the data.
func (c keyRestoreCmd) Run(a *app) error {
	pass, err := a.passphrase(false)
	if err != nil {
		return err
	}
	if _, err := keys.RestoreFile(c.File, pass, a.config.KeyFile); err != nil {
		return err
	}
	a.advise("已恢复到 %s", "Restored to %s", a.config.KeyFile)
	return keyCheckCmd{}.Run(a)
}

type keyCheckCmd struct{}

// Run says whether the key is whole and belongs to the data.
func (keyCheckCmd) Run(a *app) error {
	master, err := keys.OpenFile(a.config.KeyFile)
	if err != nil {
		return refusing(err)
	}
	print, err := desk.KeyOf(a.ctx, string(a.config.Database))
	if err != nil {
		return err
	}
	if print == "" {
		a.say("密钥完好：%s。这里还没有数据", "The key is whole: %s. There's no data here yet", master.Fingerprint())
		return nil
	}
	if err := master.Check(print); err != nil {
		return refusing(err)
	}
	a.say("密钥完好，属于这里的数据：%s", "The key is whole and belongs to the data: %s", master.Fingerprint())
	return nil
}

// maxPassphrase bounds a passphrase, in bytes.
const maxPassphrase = 1024

// passphrase reads it from the file that AMEND_PASSPHRASE_FILE names, or asks for it, twice
// where a slip would lock the backup for ever.
func (a *app) passphrase(twice bool) (string, error) {
	if path := a.getenv("AMEND_PASSPHRASE_FILE"); path != "" {
		text, err := readFile(path, maxPassphrase)
		return strings.TrimRight(string(text), "\r\n"), err
	}
	if !terminal(a.in) {
		return "", fault.New(fault.Invalid, "passphrase_needed")
	}
	lines := bufio.NewReader(io.LimitReader(a.in, 2*maxPassphrase))
	first, err := a.ask(lines, "口令（至少 12 个字）：", "Passphrase (12 characters or more): ")
	if err != nil || !twice {
		return first, err
	}
	again, err := a.ask(lines, "再输入一次：", "Once more: ")
	if err == nil && again != first {
		err = fault.New(fault.Invalid, "passphrase_differs")
	}
	return first, err
}

// ask reads one line without showing it. Where the terminal can't hide it, it asks nothing.
func (a *app) ask(lines *bufio.Reader, zh, en string) (string, error) {
	if err := echo(a.in, "-echo"); err != nil {
		return "", fault.New(fault.Invalid, "passphrase_needed")
	}
	io.WriteString(a.err, a.pick(zh, en))
	line, err := lines.ReadString('\n')
	io.WriteString(a.err, "\n")
	if shown := echo(a.in, "echo"); err == nil {
		err = shown
	}
	return strings.TrimRight(line, "\r\n"), err
}

// echo switches what a terminal shows of what is typed.
func echo(in io.Reader, mode string) error {
	c := exec.Command("stty", mode)
	c.Stdin = in
	return c.Run()
}

// terminal reports whether a person sits at f.
func terminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Name() != "null"
}
