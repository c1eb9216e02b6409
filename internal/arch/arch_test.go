package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the path that go.mod declares.
const module = "amend"

// maxLines is where a file certainly holds two things.
const maxLines = 500

// A source is one parsed Go file of the module.
type source struct {
	dir  string // relative to the module, with slashes; "." for the root
	name string
	file *ast.File
	size int // lines
	test bool
}

func (s source) path() string { return path.Join(s.dir, s.name) }

// root is the directory of go.mod.
var root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			panic("no go.mod above the test")
		}
	}
})

// sources is every Go file of the module: not those of nested modules, testdata or hidden folders.
var sources = sync.OnceValues(func() ([]source, error) {
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root(), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(p, d.Name())
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		s, err := parse(fset, p)
		all = append(all, s)
		return err
	})
	return all, err
})

// enter answers fs.SkipDir for what is no part of the module.
func enter(p, name string) error {
	if p == root() {
		return nil
	}
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func parse(fset *token.FileSet, p string) (source, error) {
	f, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root(), filepath.Dir(p))
	if err != nil {
		return source{}, err
	}
	return source{
		dir: filepath.ToSlash(rel), name: filepath.Base(p), file: f,
		size: fset.File(f.Pos()).LineCount(), test: strings.HasSuffix(p, "_test.go"),
	}, nil
}

// each calls check for every file of the module.
func each(t *testing.T, check func(source)) {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d Go files found under %s", len(all), root())
	}
	for _, s := range all {
		check(s)
	}
}

// imports lists what a file imports.
func (s source) imports() []string {
	var list []string
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			list = append(list, p)
		}
	}
	return list
}

// local answers the directory of a package of this module, relative to it.
func local(imported string) (string, bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func TestNoRoomImportsWhatItMayNot(t *testing.T) {
	each(t, func(s source) {
		for _, i := range s.imports() {
			to, own := local(i)
			switch {
			case !own:
			case to == "." || inside(to, "cmd"):
				t.Errorf("%s imports %s: nobody does", s.path(), i)
			case !s.test && !isHarness(s.dir) && !allowed(s.dir, to):
				t.Errorf("%s imports %s: %s may not", s.path(), i, s.dir)
			}
		}
	})
}

// isHarness reports whether dir is only there for tests, by the name that Go gives such
// packages: storetest, connectortest.
func isHarness(dir string) bool { return strings.HasSuffix(dir, "test") }

func TestPureRoomsKnowNoWorldNoClockAndNoChance(t *testing.T) {
	each(t, func(s source) {
		if s.test || !pure(s.dir) || isHarness(s.dir) {
			return
		}
		for _, i := range s.imports() {
			_, own := local(i)
			switch {
			case slices.Contains(impure, i):
				t.Errorf("%s imports %s", s.path(), i)
			case !own && strings.Contains(top(i), ".") && !ofTrade(s.dir, i):
				t.Errorf("%s imports %s, which is not the library of its trade", s.path(), i)
			}
		}
		for _, name := range clockUses(s.file) {
			t.Errorf("%s uses time.%s: time is an argument", s.path(), name)
		}
	})
}

func ofTrade(dir, imported string) bool {
	return slices.ContainsFunc(trade[top(dir)], func(prefix string) bool { return strings.HasPrefix(imported, prefix) })
}

// clockUses lists the functions of package time that f uses and that read a clock.
func clockUses(f *ast.File) []string {
	var used []string
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains(clocks, sel.Sel.Name) {
			used = append(used, sel.Sel.Name)
		}
		return true
	})
	return used
}

func TestEveryPackageHasItsPlaceAndAName(t *testing.T) {
	each(t, func(s source) {
		if !known(s.dir) {
			t.Errorf("%s: no room of that name in ARCHITECTURE.md", s.path())
		}
		if slices.Contains(badNames, strings.TrimSuffix(s.file.Name.Name, "_test")) {
			t.Errorf("%s: package %s says nothing", s.path(), s.file.Name.Name)
		}
		if s.dir == "." && s.name != "doc.go" {
			t.Errorf("%s: only doc.go is at the root", s.path())
		}
	})
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said := map[string]bool{}
	each(t, func(s source) {
		if said[s.dir] {
			return
		}
		doc := strings.Join(strings.Fields(s.file.Doc.Text()), " ")
		name := strings.TrimSuffix(s.file.Name.Name, "_test")
		said[s.dir] = strings.HasPrefix(doc, "Package "+name+" ") || name == "main" && doc != ""
	})
	for dir, ok := range said {
		if !ok {
			t.Errorf("%s: no comment that finishes the sentence \"Package %s …\"", dir, path.Base(dir))
		}
	}
}

func TestNothingHappensBeforeMain(t *testing.T) {
	each(t, func(s source) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", s.path())
			}
		}
	})
}

func TestNoFileIsTooLong(t *testing.T) {
	each(t, func(s source) {
		if s.size > maxLines && !ast.IsGenerated(s.file) {
			t.Errorf("%s has %d lines: is there a second thing in it?", s.path(), s.size)
		}
	})
}

func TestTheRulesThemselves(t *testing.T) {
	cases := []struct {
		from, to string
		want     bool
	}{
		{"change", "customer", true}, {"customer", "change", false}, {"policy", "approve", false}, {"approve", "org", true},
		{"audit", "customer", false}, {"audit", "fault", true}, {"privacy", "access", true}, {"org", "customer", false},
		{"quality", "internal/keys", false}, {"customer", "desk", false}, {"fault", "customer", false},
		{"desk", "internal/store", true}, {"desk", "internal/keys", true}, {"desk", "connector/smtp", false}, {"desk", "internal/lang", false},
		{"internal/store", "audit", true}, {"internal/store", "desk", false}, {"internal/store", "internal/keys", true},
		{"internal/console", "desk", true}, {"internal/console", "internal/page", true}, {"internal/portal", "internal/console", false},
		{"internal/api", "internal/page", false}, {"internal/api", "internal/store", true}, {"internal/work", "desk", true},
		{"internal/work", "internal/store", false}, {"internal/blob", "desk", false}, {"internal/config", "fault", true},
		{"connector/smtp", "notify", true}, {"connector/smtp", "desk", false}, {"connector/smtp", "connector/sms", false},
		{"connector", "connector/smtp", true}, {"cmd/amend", "internal/server", true}, {"desk", "cmd/amend", false}, {"e2e", "desk", true},
	}
	for _, c := range cases {
		if got := allowed(c.from, c.to); got != c.want {
			t.Errorf("%s imports %s: %v", c.from, c.to, got)
		}
	}
	for dir, want := range map[string]bool{".": true, "match": true, "helper": false, "internal": false, "internal/page/icons": true, "cmd/amend": true, "customer/x": true} {
		if known(dir) != want {
			t.Errorf("known(%s) is %v", dir, !want)
		}
	}
}

func TestAClockIsFoundWhereverItHides(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar f = time.Now\nfunc g() { time.Since(time.Time{}); time.Date() }", parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if got := clockUses(f); !slices.Equal(got, []string{"Now", "Since"}) {
		t.Fatalf("found %q", got)
	}
}
