package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/intake"
	"amend/internal/store"
	"amend/internal/work"
)

type importCmd struct {
	File    importFileCmd    `cmd:"" default:"withargs" help:"${import_file}"`
	Propose importProposeCmd `cmd:"" help:"${import_propose}"`
	Approve importApproveCmd `cmd:"" help:"${import_approve}"`
}

type importFileCmd struct {
	Path      string `arg:"" name:"file" help:"${import_path}"`
	Migration bool   `required:"" help:"${import_migration}"`
	Mapping   string `placeholder:"FILE" help:"${import_mapping}"`
	Encoding  string `placeholder:"NAME" help:"${import_encoding}"`
	Sheet     string `placeholder:"NAME" help:"${import_sheet}"`
	HeldSince string `placeholder:"DATE" help:"${import_held_since}"`
	Operator  string `placeholder:"NAME" default:"operator" help:"${import_operator}"`
	Errors    string `placeholder:"FILE" help:"${import_errors}"`
}

// Run brings a file in, or goes on with it where an earlier run stopped. What is wrong
// with the file as a whole is found before anything is opened or made.
func (c importFileCmd) Run(a *app) error {
	file, err := os.Open(c.Path)
	if err != nil {
		return fault.New(fault.Invalid, "file_unreadable", "path", c.Path)
	}
	defer file.Close()
	in, err := c.read(a, file)
	if err != nil {
		return err
	}
	return a.founding(func(h *house) error {
		by, err := c.operator(a, h, in.start.Digest)
		if err != nil {
			return err
		}
		run, err := h.desk.StartImport(a.ctx, by, in.start)
		if err != nil {
			return err
		}
		if run.State == "waiting" {
			a.advise("导入 %s 在等另一个人批准：\n  AMEND_TOKEN=… amend import approve %s\n批准后再运行一次这条命令。",
				"Import %s waits for somebody else to approve it:\n  AMEND_TOKEN=… amend import approve %s\nThen run this command again.", run.ID, run.ID)
			return exit(exitConflict)
		}
		return c.bring(a, h, by, run, in)
	})
}

// An incoming is a file that can be brought in.
type incoming struct {
	file    io.ReaderAt
	size    int64
	options intake.Options
	start   desk.ImportStart
	mapping intake.Mapping
}

// read goes through the file once for its digest and its header.
func (c importFileCmd) read(a *app, file *os.File) (incoming, error) {
	in := incoming{file: file}
	var err error
	if in.options, err = c.options(); err != nil {
		return in, err
	}
	if in.start, in.size, err = c.start(a, file); err != nil {
		return in, err
	}
	table, err := intake.Open(file, in.size, in.options)
	if err != nil {
		return in, err
	}
	a.recognised(table.Form())
	rules, err := a.houseRules()
	if err != nil {
		return in, err
	}
	if in.mapping, err = c.mapping(a, rules.Catalog, table.Header()); err != nil {
		return in, err
	}
	_, err = in.mapping.Bind(table.Header())
	return in, err
}

// options are what the command line says of the file.
func (c importFileCmd) options() (o intake.Options, err error) {
	o.Sheet = c.Sheet
	if c.Encoding != "" {
		o.Encoding, err = intake.ParseEncoding(c.Encoding)
	}
	return o, err
}

// start reads the file once for its digest, which is how it is known again.
func (c importFileCmd) start(a *app, file *os.File) (desk.ImportStart, int64, error) {
	in := desk.ImportStart{Name: filepath.Base(c.Path)}
	if c.HeldSince != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.HeldSince, a.config.Zone())
		if err != nil {
			return in, 0, fault.New(fault.Malformed, "bad_date")
		}
		in.HeldSince = day
	}
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	in.Digest = hex.EncodeToString(sum.Sum(nil))
	return in, size, err
}

// operator answers who acts: the person of AMEND_TOKEN, or for the first load of an empty
// database its named operator, who is made if nobody is there yet.
func (c importFileCmd) operator(a *app, h *house, digest string) (access.Actor, error) {
	if a.getenv("AMEND_TOKEN") != "" {
		return a.person(h)
	}
	view := h.store.View(a.ctx)
	loaded, err := view.HasRecords()
	if err != nil {
		return access.Actor{}, err
	}
	people, err := view.Actors()
	if err != nil {
		return access.Actor{}, err
	}
	if loaded && !c.going(a, h, digest) {
		return access.Actor{}, fault.New(fault.Unauthenticated, "token_needed")
	}
	if len(people) > 0 {
		return view.ActorNamed(c.Operator)
	}
	by, link, err := h.desk.AddPerson(a.ctx, access.Actor{Name: c.Operator, Roles: []access.Role{access.Operator}}, "")
	if err != nil {
		return by, err
	}
	a.advise("空库第一次导入，由 %s 负责（已登记）。登录链接：%s", "First load of an empty database: %s answers for it, and is now named. Sign-in link: %s", by.Name, link)
	return by, nil
}

// going reports whether the first load of this very file was interrupted, so that its
// operator may go on with it.
func (c importFileCmd) going(a *app, h *house, digest string) bool {
	view := h.store.View(a.ctx)
	run, err := view.ImportOf(digest, desk.Migration)
	named, unknown := view.ActorNamed(c.Operator)
	return err == nil && unknown == nil && run.State == "running" && run.ApprovedBy == "" && run.StartedBy == named.ID
}

// bring reads the table row by row and hands it over in batches.
func (c importFileCmd) bring(a *app, h *house, by access.Actor, run store.ImportRun, in incoming) error {
	defer a.trade(desk.ImportHeap)()
	p := newProgress(a, in.file, in.size)
	table, err := intake.Open(p, in.size, in.options)
	if err != nil {
		return err
	}
	binding, err := in.mapping.Bind(table.Header())
	if err != nil {
		return err
	}
	bad, err := openErrorFile(a, c.errorPath(), table.Header(), run.Line > 0)
	if err != nil {
		return err
	}
	b := &bringing{app: a, house: h, by: by, run: run, feed: intake.NewFeed(table, binding), kind: in.mapping.Kind, bad: bad, progress: p}
	err = errors.Join(b.all(), bad.close())
	p.done(b.rows)
	if err != nil {
		return err
	}
	return errors.Join(a.settle(h), b.summary())
}

func (c importFileCmd) errorPath() string {
	if c.Errors != "" {
		return c.Errors
	}
	return c.Path + ".errors.csv"
}

// mapping reads the mapping that was given, or guesses one and says what it leaves out.
func (c importFileCmd) mapping(a *app, catalog customer.Catalog, header []string) (intake.Mapping, error) {
	if c.Mapping != "" {
		text, err := readFile(c.Mapping, maxSetting)
		if err != nil {
			return intake.Mapping{}, err
		}
		m, err := intake.ParseMapping(text)
		if err != nil {
			return m, err
		}
		return m, m.Check(catalog)
	}
	m, unused := intake.GuessMapping(header, catalog)
	if len(m.Values) == 0 {
		return m, fault.New(fault.Invalid, "no_columns")
	}
	if len(unused) > 0 {
		a.advise("没有用到的列：%s。要用它们，写一个映射：--mapping", "Columns left out: %s. To use them, write a mapping: --mapping", strings.Join(unused, ", "))
	}
	return m, m.Check(catalog)
}

// settle does what is due now, where no server does: it places the entries in the log and
// tells whoever must hear.
func (a *app) settle(h *house) error {
	loop := work.New(work.Config{Desk: h.desk, Log: a.logger()})
	defer loop.Release(a.ctx)
	for a.ctx.Err() == nil {
		did, err := loop.Once(a.ctx)
		if err != nil || did == 0 {
			return err
		}
	}
	return nil
}

type importApproveCmd struct {
	ID string `arg:"" name:"run" help:"${import_run}"`
}

// Run lets a waiting import go ahead, by somebody other than who started it.
func (c importApproveCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		by, err := a.person(h)
		if err != nil {
			return err
		}
		if err := h.desk.ApproveImport(a.ctx, by, c.ID); err != nil {
			return err
		}
		a.say("已批准。发起人再运行一次导入命令即可", "Approved. Whoever started it runs the import again")
		return nil
	})
}

// summary is what came of the whole run.
func (b *bringing) summary() error {
	a := b.app
	table(a.out,
		[]string{a.pick("行", "Rows"), fmt.Sprint(b.rows)},
		[]string{a.pick("接着上次，跳过的行", "Rows done before"), fmt.Sprint(b.skipped)},
		[]string{a.pick("进来的客户", "Customers brought in"), fmt.Sprint(b.run.Records)},
		[]string{a.pick("有问题的行", "Rows with problems"), fmt.Sprint(b.bad.rows)},
	)
	if b.bad.rows > 0 {
		a.advise("有问题的行在 %s。读得出的行，客户已经进来，只有写明的值留在外面：用变更申请补上，这些行再导入会多出一位客户", "Rows with problems are in %s. Where the row could be read its customer is in, without the values named there: file those as changes, because importing the row again makes a second customer", b.bad.path)
	}
	return nil
}
