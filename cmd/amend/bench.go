package main

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"amend/fault"
	"amend/internal/bench"
)

type benchCmd struct {
	Job       string  `arg:"" enum:"${bench_jobs}" help:"${bench_job}"`
	Server    string  `placeholder:"URL" help:"${bench_server}"`
	Customers float64 `default:"1e4" placeholder:"N" help:"${bench_customers}"`
	Rounds    int     `default:"5" placeholder:"N" help:"${bench_rounds}"`
	Clients   []int   `default:"1,8,32,128" placeholder:"N,N" help:"${bench_clients}"`
	Changes   int     `default:"4000" placeholder:"N" help:"${bench_changes}"`
	Seed      uint64  `default:"1" placeholder:"S" help:"${bench_seed}"`
	JSON      string  `name:"json" placeholder:"FILE" help:"${bench_json}"`
	Profile   string  `placeholder:"DIR" help:"${bench_profile}"`
	Strict    bool    `help:"${bench_strict}"`
}

// The bounds of a run.
const (
	maxBenched = 100_000_000 // customers
	maxRounds  = 1_000
	maxCrowd   = 10_000 // clients
	maxChanges = 10_000_000
)

// Run measures one job, or all of them, and says what came of it. It works on data of its
// own and never opens the house's: not even the setting that names it is looked at.
func (c benchCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	keep, err := c.create()
	if err != nil {
		return err
	}
	o := bench.Options{
		URL: c.Server, Customers: int(c.Customers), Rounds: c.Rounds, Clients: c.Clients, Changes: c.Changes, Seed: c.Seed,
		Log: a.logger(), Progress: a.err, Lang: a.lang,
	}
	if o.URL == "" {
		o.URL = "sqlite://" + os.TempDir()
	}
	defer a.trade(anyMemory)()
	r, err := c.measure(a, o)
	if len(r.Lines) > 0 {
		c.print(a, r)
	}
	if keep != nil {
		err = errors.Join(err, r.Write(keep), keep.Close())
	}
	if err != nil {
		return err
	}
	return c.judge(a, r)
}

// measure runs the jobs, watched by the profiler where that is asked for.
func (c benchCmd) measure(a *app, o bench.Options) (bench.Report, error) {
	if c.Profile == "" {
		return bench.Run(a.ctx, o, c.jobs())
	}
	stop, err := bench.Profile(c.Profile)
	if err != nil {
		return bench.Report{}, fault.New(fault.Invalid, "file_unwritable", "path", c.Profile)
	}
	r, err := bench.Run(a.ctx, o, c.jobs())
	return r, errors.Join(err, stop())
}

func (c benchCmd) check() error {
	counts := []struct {
		name    string
		of, max float64
	}{{"--customers", c.Customers, maxBenched}, {"--rounds", float64(c.Rounds), maxRounds}, {"--changes", float64(c.Changes), maxChanges}}
	for _, n := range c.Clients {
		counts = append(counts, struct {
			name    string
			of, max float64
		}{"--clients", float64(n), maxCrowd})
	}
	for _, n := range counts {
		if !(n.of >= 1 && n.of <= n.max) || n.of != float64(int64(n.of)) {
			return fault.New(fault.Invalid, "count_outside", "name", n.name, "max", int64(n.max))
		}
	}
	return nil
}

// create makes the file for the report before anything is measured: a long run should not
// find at its end that it cannot be kept.
func (c benchCmd) create() (*os.File, error) {
	if c.JSON == "" {
		return nil, nil
	}
	file, err := os.OpenFile(c.JSON, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New(fault.Conflict, "file_exists", "path", c.JSON)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "file_unwritable", "path", c.JSON)
	}
	return file, nil
}

// allJobs asks for every job.
const allJobs = "all"

// jobs begin with the disk, because nothing that is kept can be faster.
func (c benchCmd) jobs() []bench.Job {
	return slices.DeleteFunc(bench.Jobs(), func(j bench.Job) bool {
		return c.Job != allJobs && j.Name != c.Job && j.Name != diskJob
	})
}

// diskJob is the one that measures the disk alone.
const diskJob = "fsync"

func (c benchCmd) print(a *app, r bench.Report) {
	for _, line := range r.Head(a.lang) {
		a.say("%s", "%s", line)
	}
	var b strings.Builder
	table(&b, r.Rows(a.lang)...)
	rows := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	a.say("%s", "%s", rows[0])
	for i, line := range r.Lines {
		a.say("%s", "%s", rows[i+1])
		if beside := line.Beside(a.lang); beside != "" {
			a.say("        %s", "        %s", beside)
		}
	}
}

// judge says how many goals were missed; only a strict run fails on that, because a busy
// machine misses them too.
func (c benchCmd) judge(a *app, r bench.Report) error {
	missed := r.Missed()
	if missed == 0 {
		return nil
	}
	a.advise("没有达到目标的行：%d。先看负载：忙的机器上数字不算数", "Lines that missed a goal: %d. Look at the load first: a busy machine proves nothing", missed)
	if c.Strict {
		return exit(exitFailed)
	}
	return nil
}

// jobNames are what may be asked for, as kong reads an enumeration.
func jobNames() string {
	names := []string{allJobs}
	for _, j := range bench.Jobs() {
		names = append(names, j.Name)
	}
	return strings.Join(names, ",")
}

func benchWords() map[string][2]string {
	jobs := jobNames()
	return map[string][2]string{
		"bench": {"测这台机器上有多快：产品与下限（同样的语句，没有产品）轮流运行", "measure how fast it is on this machine: the product and the floor (the same statements, no product) take turns"},
		"bench_examples": {"amend bench apply\namend bench all --customers 1e6 --json run.json\namend bench life --server postgres://postgres@localhost/postgres\n只用自己新建、用完即删的数据，不碰本单位的数据库",
			"amend bench apply\namend bench all --customers 1e6 --json run.json\namend bench life --server postgres://postgres@localhost/postgres\nIt makes data of its own and removes it; the house's database is never touched"},
		"bench_jobs":      {jobs, jobs},
		"bench_job":       {"测什么：" + strings.ReplaceAll(jobs, ",", "、"), "what to measure: " + strings.ReplaceAll(jobs, ",", ", ")},
		"bench_server":    {"在哪里新建临时数据库：postgres://… 或 sqlite:///文件夹；默认系统临时文件夹", "where to make throw-away databases: postgres://… or sqlite:///folder; the system's temporary folder by default"},
		"bench_customers": {"库里先有多少客户，默认 1 万，可写 1e6", "how many customers are on record first, 10,000 by default; 1e6 will do"},
		"bench_rounds":    {"轮数，取中位数；默认 5", "rounds, of which medians are taken; 5 by default"},
		"bench_clients":   {"同时有多少客户端，默认 1、8、32、128", "how many clients at once; 1, 8, 32 and 128 by default"},
		"bench_changes":   {"一轮有多少次变更，默认 4000", "how many changes a round makes; 4,000 by default"},
		"bench_seed":      {"种子，默认 1；同一个种子总是同样的客户和变更", "seed, 1 by default; the same one makes the same customers and changes"},
		"bench_json":      {"把结果写到哪个文件（JSON），不覆盖已有的文件", "where to write the report as JSON; no file is overwritten"},
		"bench_profile":   {"把 CPU 和内存分配的剖析写进哪个文件夹，用 go tool pprof 看", "folder for profiles of processor time and allocations; read them with go tool pprof"},
		"bench_strict":    {"有目标没达到时，退出码为 1", "exit with 1 if a goal was missed"},
	}
}
