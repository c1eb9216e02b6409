package doctor

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"amend/fault"
	"amend/internal/lang"
	"amend/internal/store"
)

// A Bundle is what somebody who helps needs to know of an installation, and nothing of its
// customers: ids, counts, codes and settings.
type Bundle struct {
	Program  string          // its version
	Settings []store.Setting // in force, secrets redacted already
	Report   Report
}

// maxNamed bounds how much of a name that came out of a database is written.
const maxNamed = 200

// named is how ids, shards, systems and names of settings look. What looks otherwise was
// put there by hand and is not repeated.
var named = regexp.MustCompile(`^[A-Za-z0-9._/= -]+$`)

// Write writes the bundle as a zip. A part that cannot be read says so in its place.
func (b Bundle) Write(ctx context.Context, c Config, to io.Writer) error {
	z := zip.NewWriter(to)
	for _, part := range []struct {
		name string
		text func() ([]byte, error)
	}{
		{"README.txt", func() ([]byte, error) { return []byte(bundleReadme), nil }},
		{"program.json", b.program}, {"settings.txt", b.settings}, {"findings.txt", b.findings}, {"findings.json", b.findingsJSON},
	} {
		if err := put(z, part.name, part.text); err != nil {
			return err
		}
	}
	if err := database(ctx, c, z); err != nil {
		return err
	}
	return z.Close()
}

const bundleReadme = `Amend 诊断资料 · Amend support bundle

里面有：版本、设置（秘密已隐去）、检查结果、队列和表的行数、数据库版本和设置、机器情况。
没有客户资料、姓名、令牌和密钥；编号可能出现。发出前可以逐个打开看。
服务日志写在标准错误里，不在这里；需要时请另附。

Inside: version, settings (secrets left out), findings, counts of queues and tables, version
and settings of the database, facts of the machine.
No customer's data, no names, no tokens and no keys; ids may be in it. Open the files and look
before you send them. The server's log goes to standard error and isn't here; add it if asked.
`

func put(z *zip.Writer, name string, text func() ([]byte, error)) error {
	content, err := text()
	if err != nil {
		content = []byte("not read: " + reason(err) + "\n")
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Now().UTC()})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// reason is what of an error may leave the house: its code. Other words may hold anything.
func reason(err error) string {
	if f, ok := asFault(err); ok {
		return f.Code
	}
	if store.Corrupt(err) {
		return "corrupt"
	}
	return "internal"
}

func (b Bundle) program() ([]byte, error) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	facts := map[string]any{
		"amend": b.Program, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "cpus": runtime.NumCPU(),
		"goroutines": runtime.NumGoroutine(), "heap_bytes": memory.HeapAlloc, "system_bytes": memory.Sys, "made": b.Report.At.Format(time.RFC3339),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		modules := map[string]string{}
		for _, m := range info.Deps {
			modules[m.Path] = m.Version
		}
		facts["modules"] = modules
	}
	return indented(facts)
}

// settings writes what is in force. Of an address only what says where it leads: some
// gateways carry their token in the path.
func (b Bundle) settings() ([]byte, error) {
	var out strings.Builder
	for _, s := range b.Settings {
		value := s.Value
		if u, err := url.Parse(value); err == nil && u.Host != "" && u.Scheme != "" {
			value = u.Scheme + "://" + u.Host
		}
		fmt.Fprintf(&out, "%s=%s\n", s.Name, value)
	}
	return []byte(out.String()), nil
}

func (b Bundle) findings() ([]byte, error) {
	var out strings.Builder
	for _, f := range b.Report.Findings {
		f = f.outside()
		for _, l := range lang.Langs() {
			fmt.Fprintf(&out, "%s\t%s\t%s\n", f.Level, f.Title(l), f.Sentence(l))
		}
	}
	return []byte(out.String()), nil
}

func (b Bundle) findingsJSON() ([]byte, error) {
	r := b.Report
	r.Findings = make([]Finding, len(b.Report.Findings))
	for i, f := range b.Report.Findings {
		r.Findings[i] = f.outside()
	}
	return indented(r)
}

// outside is a finding as it may leave the house.
func (f Finding) outside() Finding {
	rows := make([]string, len(f.Rows))
	for i, row := range f.Rows {
		rows[i] = shown(row)
	}
	f.Rows = rows
	if _, has := f.Params["why"]; has {
		f.Params = pairs([]string{"why", "internal"})
	}
	if len(f.Rows) == 0 {
		f.Rows = nil
	}
	if f.Fault != nil {
		said := fault.Error{Kind: f.Fault.Kind, Code: f.Fault.Code, Params: map[string]string{}}
		for name, value := range f.Fault.Params {
			said.Params[name] = shown(value)
		}
		f.Fault = &said
	}
	return f
}

func shown(name string) string {
	if len(name) > maxNamed || !named.MatchString(name) {
		return "?"
	}
	return name
}

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "\t")
	return append(text, '\n'), err
}

// database writes what the database says of itself, if it can be opened.
func database(ctx context.Context, c Config, z *zip.Writer) error {
	x := newExam(ctx, c)
	if !x.enter() {
		return nil
	}
	defer x.store.Close()
	for _, part := range []struct {
		name string
		read func() (any, error)
	}{
		{"database.json", func() (any, error) { return x.store.Facts(ctx) }},
		{"migrations.json", func() (any, error) { return x.view.Migrations() }},
		{"tables.json", func() (any, error) { return x.view.TableSizes() }},
		{"health.json", func() (any, error) { return x.view.Health(x.store.Now()) }},
	} {
		err := put(z, part.name, func() ([]byte, error) {
			v, err := part.read()
			if err != nil {
				return nil, err
			}
			return indented(v)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
