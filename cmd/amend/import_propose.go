package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"amend/access"
	"amend/desk"
	"amend/fault"
	"amend/intake"
	"amend/internal/store"
)

type importProposeCmd struct {
	Path     string `arg:"" name:"file" help:"${import_path}"`
	Source   string `required:"" placeholder:"event:NAME" help:"${import_source}"`
	Reason   string `required:"" placeholder:"TEXT" help:"${import_reason}"`
	DryRun   bool   `help:"${import_dry_run}"`
	Mapping  string `placeholder:"FILE" help:"${import_mapping}"`
	Encoding string `placeholder:"NAME" help:"${import_encoding}"`
	Sheet    string `placeholder:"NAME" help:"${import_sheet}"`
	Errors   string `placeholder:"FILE" help:"${import_errors}"`
}

// Run files every row as a proposal, or says what that would do.
func (c importProposeCmd) Run(a *app) error {
	file, err := os.Open(c.Path)
	if err != nil {
		return fault.New(fault.Invalid, "file_unreadable", "path", c.Path)
	}
	defer file.Close()
	like := importFileCmd{Path: c.Path, Mapping: c.Mapping, Encoding: c.Encoding, Sheet: c.Sheet, Errors: c.Errors}
	in, err := like.read(a, file)
	if err != nil {
		return err
	}
	return a.within(func(h *house) error {
		by, err := a.person(h)
		if err != nil {
			return err
		}
		p, err := newProposing(a, h, by, in)
		if err != nil {
			return err
		}
		if c.DryRun {
			return p.foresee()
		}
		run, err := h.desk.StartProposals(a.ctx, by, desk.ProposalStart{Name: in.start.Name, Digest: in.start.Digest, Source: c.Source, Reason: c.Reason})
		if err != nil {
			return err
		}
		return p.file(run, like.errorPath())
	})
}

// A proposing is a file whose rows are filed as proposals.
type proposing struct {
	app    *app
	house  *house
	by     access.Actor
	in     incoming
	feed   *intake.Feed
	header []string
	bad    *errorFile
	fates  map[desk.RowFate]int
	shown  *progress
}

func newProposing(a *app, h *house, by access.Actor, in incoming) (*proposing, error) {
	shown := newProgress(a, in.file, in.size)
	table, err := intake.Open(shown, in.size, in.options)
	if err != nil {
		return nil, err
	}
	binding, err := in.mapping.Bind(table.Header())
	return &proposing{
		app: a, house: h, by: by, in: in, feed: intake.NewFeed(table, binding), header: table.Header(), fates: map[desk.RowFate]int{}, shown: shown,
	}, err
}

func (p *proposing) next() (desk.ImportRow, error) {
	line, values, faults, err := p.feed.Next()
	return desk.ImportRow{Line: line, Kind: p.in.mapping.Kind, Values: values, Faults: faults}, err
}

// foresee counts what the rows would do; nothing is stored.
func (p *proposing) foresee() error {
	faults := 0
	for {
		row, err := p.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		fate, bad, err := p.house.desk.ForeseeRow(p.app.ctx, p.by, store.ImportRun{}, row)
		if err != nil {
			return err
		}
		p.fates[fate]++
		if len(bad) > 0 {
			faults++
		}
		if err := p.feed.Settle(row.Line, nil, nil); err != nil {
			return err
		}
	}
	p.shown.done(p.rows())
	p.summary(faults)
	p.app.advise("没有保存任何内容。去掉 --dry-run 即可提交", "Nothing was stored. Without --dry-run they are filed")
	return nil
}

// file files the rows behind the one that an earlier attempt came to.
func (p *proposing) file(run store.ImportRun, path string) (err error) {
	if p.bad, err = openErrorFile(p.app, path, p.header, run.Line > 0); err != nil {
		return err
	}
	_, err = p.house.desk.ProposeTable(p.app.ctx, p.by, run, p.next, p.told)
	if err = errors.Join(err, p.bad.close()); err != nil {
		return err
	}
	p.shown.done(p.rows())
	p.summary(p.bad.rows)
	return p.app.settle(p.house)
}

func (p *proposing) told(run store.ImportRun, fate desk.RowFate, faults []intake.Fault) error {
	p.fates[fate]++
	if err := p.feed.Settle(int(run.Line), faults, p.bad.write); err != nil {
		return err
	}
	p.shown.show(p.rows())
	return p.bad.flush()
}

func (p *proposing) rows() (n int) {
	for _, of := range p.fates {
		n += of
	}
	return n
}

func (p *proposing) summary(faults int) {
	a := p.app
	table(a.out,
		[]string{a.pick("行", "Rows"), fmt.Sprint(p.rows())},
		[]string{a.pick("已有客户的变更", "Changes of known customers"), fmt.Sprint(p.fates[desk.RowChanged])},
		[]string{a.pick("新客户", "New customers"), fmt.Sprint(p.fates[desk.RowNew])},
		[]string{a.pick("与现有资料相同", "As on record already"), fmt.Sprint(p.fates[desk.RowSame])},
		[]string{a.pick("无法判断指谁", "Not clear whom they mean"), fmt.Sprint(p.fates[desk.RowUnclear])},
		[]string{a.pick("有问题的行", "Rows with problems"), fmt.Sprint(faults)},
	)
}
