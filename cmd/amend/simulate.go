package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"amend/fault"
	"amend/internal/simulate"
)

type simulateCmd struct {
	Seed     uint64 `placeholder:"S" help:"${simulate_seed}"`
	Seeds    string `placeholder:"A..B" help:"${simulate_seeds}"`
	Requests int    `default:"100" placeholder:"N" help:"${simulate_requests}"`
	Fault    string `placeholder:"NAME" help:"${simulate_fault}"`
	Trace    bool   `help:"${simulate_trace}"`
}

// maxSimulated bounds one run: it lives in memory.
const maxSimulated = 10_000

// Run plays one seed and says what happened, or many and says which broke.
func (c simulateCmd) Run(a *app) error {
	if c.Requests < 1 || c.Requests > maxSimulated {
		return fault.New(fault.Invalid, "count_outside", "name", "--requests", "max", maxSimulated)
	}
	stage, err := simulate.NewStage()
	if err != nil {
		return err
	}
	if c.Seeds == "" {
		return c.one(a, stage)
	}
	from, to, err := seeds(c.Seeds)
	if err != nil {
		return err
	}
	return c.many(a, stage, from, to)
}

// seeds reads "A..B", or "N" for the first N.
func seeds(text string) (from, to uint64, err error) {
	first, last, both := strings.Cut(text, "..")
	if !both {
		first, last = "1", first
	}
	from, err = strconv.ParseUint(first, 10, 64)
	if err == nil {
		to, err = strconv.ParseUint(last, 10, 64)
	}
	if err != nil || to < from || to == math.MaxUint64 {
		return 0, 0, fault.New(fault.Invalid, "bad_seeds", "name", "--seeds")
	}
	return from, to, nil
}

// one plays one seed, the same every time.
func (c simulateCmd) one(a *app, stage *simulate.Stage) error {
	run := simulate.Config{Seed: c.Seed, Requests: c.Requests, Fault: c.Fault}
	if c.Trace {
		run.Trace = a.out
	}
	o, err := stage.Run(a.ctx, run)
	if err != nil {
		return err
	}
	a.say("种子 %d：%d 份申请，%d 个动作，%d 条记录；停机 %d 次，抢先 %d 次，重复 %d 次", "Seed %d: requests %d, acts %d, entries %d; stops %d, races %d, repeats %d",
		o.Seed, o.Requests, o.Acts, o.Entries, o.Stops, o.Races, o.Repeats)
	a.say("记录摘要 %s", "Digest of the entries %s", o.Digest)
	return c.verdict(a, &o)
}

// verdict says what broke, and how to see it again.
func (c simulateCmd) verdict(a *app, o *simulate.Outcome) error {
	if o == nil || len(o.Breaks) == 0 {
		a.say("每条不变量都成立", "Every invariant holds")
		return nil
	}
	for _, b := range o.Breaks {
		a.say("✗ %s：%s", "✗ %s: %s", a.invariant(b.Invariant), b.What)
	}
	again := fmt.Sprintf("amend simulate --seed %d --requests %d", o.Seed, c.Requests)
	if c.Fault != "" {
		again += " --fault " + c.Fault
	}
	a.say("重放：%s --trace", "Replay: %s --trace", again)
	return exit(exitUnproven)
}

func (a *app) invariant(i simulate.Invariant) string {
	switch i {
	case simulate.Program:
		return a.pick("程序自身出错", "the program failed by itself")
	case simulate.Floor:
		return a.pick("底线", "the floor")
	case simulate.Rest:
		return a.pick("有事停住不动", "something is stuck")
	}
	return a.pick("不变量 ", "invariant ") + strconv.Itoa(int(i))
}

// many plays seeds on every core, until one breaks.
func (c simulateCmd) many(a *app, stage *simulate.Stage, from, to uint64) error {
	ctx, stop := context.WithCancel(a.ctx)
	defer stop()
	began, shown, done, requests := now(), now(), 0, 0
	watch := terminal(a.err)
	sum, err := stage.Sweep(ctx, simulate.Sweep{From: from, To: to, Requests: c.Requests, Fault: c.Fault, Told: func(o simulate.Outcome) {
		done, requests = done+1, requests+o.Requests
		if watch && now().Sub(shown) > time.Second {
			shown = now()
			fmt.Fprintf(a.err, "\r\x1b[K"+a.pick("%d 个种子，%d 份申请，每秒 %.0f 份", "%d seeds, %d requests, %.0f a second"), done, requests, float64(requests)/shown.Sub(began).Seconds())
		}
	}})
	if watch {
		fmt.Fprintln(a.err)
	}
	if err != nil {
		return err
	}
	took := now().Sub(began)
	a.say("%d 个种子，%d 份申请，%d 个动作，%d 条记录；停机 %d 次，抢先 %d 次，重复 %d 次；用时 %s，每秒 %.0f 份申请",
		"Seeds %d, requests %d, acts %d, entries %d; stops %d, races %d, repeats %d; in %s, requests a second %.0f",
		sum.Seeds, sum.Requests, sum.Acts, sum.Entries, sum.Stops, sum.Races, sum.Repeats, took.Round(time.Millisecond), float64(sum.Requests)/took.Seconds())
	if a.ctx.Err() != nil {
		return a.ctx.Err()
	}
	if c.Fault != "" && sum.First == nil {
		a.say("✗ 埋下的故障 %s 没有被发现", "✗ The planted fault %s was not found", c.Fault)
		return exit(exitUnproven)
	}
	if c.Fault != "" {
		a.say("种子 %d 发现了埋下的故障 %s", "Seed %d found the planted fault %s", sum.First.Seed, c.Fault)
		return nil
	}
	return c.verdict(a, sum.First)
}
