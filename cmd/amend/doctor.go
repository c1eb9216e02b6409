package main

import (
	"context"
	"fmt"
	"strings"

	"amend/access"
	"amend/customer"
	"amend/internal/doctor"
	"amend/internal/store"
)

type doctorCmd struct {
	Deep bool `help:"${doctor_deep}"`
	Mend bool `help:"${doctor_mend}"`
}

// Run prints what is in force, redacted, and checks everything that must be well.
func (c doctorCmd) Run(a *app) error {
	if c.Mend {
		return c.mend(a)
	}
	rows := [][]string{}
	for _, l := range a.config.Lines() {
		rows = append(rows, []string{l.Name, l.Value})
	}
	table(a.out, rows...)
	fmt.Fprintln(a.out)
	r := a.examine(a.ctx, c.Deep)
	a.show(r)
	return verdict(r)
}

// examine looks at this installation, the company's own rules included.
func (a *app) examine(ctx context.Context, deep bool) doctor.Report {
	c, wrong := a.patient(deep)
	r := doctor.Examine(ctx, c)
	r.Findings = append(wrong, r.Findings...)
	return r
}

// patient is what doctor looks at, and what is wrong with the settings before it does.
func (a *app) patient(deep bool) (doctor.Config, []doctor.Finding) {
	c := doctor.Config{
		Database: string(a.config.Database), KeyFile: a.config.KeyFile, Witness: a.config.Witness, Catalog: customer.Shipped(),
		Mail: a.config.SMTP != "", SMS: a.config.SMS != "", OnCall: a.config.OnCall != "", Deep: deep, Log: a.logger(),
	}
	var wrong []doctor.Finding
	rules, err := a.houseRules()
	if err == nil {
		c.Catalog = rules.Catalog
		err = a.reachable()
	}
	if err != nil {
		wrong = append(wrong, doctor.Unusable("rules", err))
	}
	if _, err := a.onCall(); err != nil {
		wrong = append(wrong, doctor.Unusable("on_call", err))
	}
	return c, wrong
}

// reachable builds the seams to the outside world once, all but the witness, which would
// make its key.
func (a *app) reachable() error {
	unwitnessed := *a.config
	unwitnessed.Witness = ""
	b := *a
	b.config = &unwitnessed
	h := &house{}
	_, err := b.outside(h)
	if h.systems == nil {
		return err
	}
	if closed := h.systems.Close(); err == nil {
		err = closed
	}
	return err
}

// show prints a report, one row for each finding.
func (a *app) show(r doctor.Report) {
	mark := map[doctor.Level]string{doctor.Well: "✓ ", doctor.Note: "· ", doctor.Ill: "✗ ", doctor.Damaged: "✗ "}
	rows := make([][]string, len(r.Findings))
	for i, f := range r.Findings {
		rows[i] = []string{mark[f.Level] + f.Title(a.lang), a.finding(f)}
	}
	table(a.out, rows...)
}

// finding is one finding in words, with the fuller remedies of the terminal.
func (a *app) finding(f doctor.Finding) string {
	if f.Fault != nil {
		return strings.ReplaceAll(a.sentence(f.Fault), "\n", " ")
	}
	return f.Sentence(a.lang)
}

// verdict is the exit code: damage is something that was checked and is not as it should be.
func verdict(r doctor.Report) error {
	switch r.Worst() {
	case doctor.Damaged:
		return exit(exitUnproven)
	case doctor.Ill:
		return exit(exitFailed)
	}
	return nil
}

// mend makes good what follows from rows that are whole, as the person of AMEND_TOKEN.
func (c doctorCmd) mend(a *app) error {
	patient, _ := a.patient(c.Deep)
	n, err := doctor.Mend(a.ctx, patient, func(s *store.Store) (access.Actor, error) { return a.person(&house{store: s}) })
	if err != nil {
		return err
	}
	a.say("已修复 %d 项，已记入日志。再看一遍：amend doctor", "Mended %d rows, on record. Look again: amend doctor", n)
	return nil
}

// inWords says an error to a person.
func (a *app) inWords(err error) string {
	if f, ok := asFault(err); ok {
		return a.sentence(f)
	}
	return err.Error()
}
