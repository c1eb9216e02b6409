package arch

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A row is one line of docs/rows.md.
type row struct {
	id, what string
	proofs   []string // tests and story files; none: not built yet
	problem  string   // what is wrong with the line itself
}

var (
	rowID     = regexp.MustCompile(`^[A-Z][0-9]{1,2}$`)
	rowProof  = regexp.MustCompile("`([^`]+)`")
	testProof = regexp.MustCompile(`^([a-z0-9_/]+)\.((?:Test|Fuzz|Example)[A-Za-z0-9_]*)$`)
)

// notYet is what a row says that nothing proves.
const notYet = "not yet"

// rows reads the table in doc.
func rows(doc string) []row {
	var list []row
	for line := range strings.Lines(doc) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.TrimSpace(cells[0]) == "row" || strings.HasPrefix(strings.TrimSpace(cells[0]), "---") {
			continue
		}
		list = append(list, readRow(cells))
	}
	return list
}

func readRow(cells []string) row {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	r := row{id: cells[0]}
	if len(cells) != 3 {
		r.problem = "has not three columns"
		return r
	}
	r.what = cells[1]
	for _, m := range rowProof.FindAllStringSubmatch(cells[2], -1) {
		r.proofs = append(r.proofs, m[1])
	}
	switch {
	case !rowID.MatchString(r.id):
		r.problem = "is no row of the product's list"
	case r.what == "":
		r.problem = "does not say what it does"
	case len(r.proofs) == 0 && cells[2] != notYet:
		r.problem = "names no proof in backquotes, and does not say \"" + notYet + "\""
	case len(r.proofs) > 0 && strings.Contains(cells[2], notYet):
		r.problem = "names a proof and says \"" + notYet + "\""
	}
	return r
}

// testsByPackage is every test function's name, by the package's folder.
func testsByPackage(t *testing.T) map[string][]string {
	tests := map[string][]string{}
	each(t, func(s source) {
		if !s.test {
			return
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				tests[s.dir] = append(tests[s.dir], f.Name.Name)
			}
		}
	})
	return tests
}

func TestEveryRowIsProvenByATestThatExists(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root(), "docs", "rows.md"))
	if err != nil {
		t.Fatal(err)
	}
	list := rows(string(doc))
	if len(list) == 0 {
		t.Fatal("docs/rows.md has no table")
	}
	tests := testsByPackage(t)
	seen := map[string]bool{}
	for _, r := range list {
		if r.problem != "" {
			t.Errorf("row %s %s", r.id, r.problem)
		}
		if seen[r.id] {
			t.Errorf("row %s stands twice", r.id)
		}
		seen[r.id] = true
		for _, p := range r.proofs {
			if !exists(p, tests) {
				t.Errorf("row %s: there is no %s", r.id, p)
			}
		}
	}
}

// exists reports whether a proof is a test function or a story file of this tree.
func exists(proof string, tests map[string][]string) bool {
	if m := testProof.FindStringSubmatch(proof); m != nil {
		return slices.Contains(tests[m[1]], m[2])
	}
	if !strings.HasSuffix(proof, ".txtar") || !filepath.IsLocal(proof) {
		return false
	}
	info, err := os.Stat(filepath.Join(root(), filepath.FromSlash(proof)))
	return err == nil && info.Mode().IsRegular()
}

func TestARowWithoutAProofIsFound(t *testing.T) {
	const doc = "# Rows\n\n| row | what it does | proven by |\n|---|---|---|\n" +
		"| C1 | is proven | `internal/arch.TestARowWithoutAProofIsFound` |\n" +
		"| C2 | is missing | not yet |\n" +
		"| C3 | has no backquotes | arch.TestX |\n" +
		"| C4 | says both | not yet `a.TestX` |\n" +
		"| nonsense | has no id | not yet |\n" +
		"| C5 |  | not yet |\n" +
		"| C6 | has two columns |\n"
	list := rows(doc)
	if len(list) != 7 {
		t.Fatalf("%d rows", len(list))
	}
	for i, r := range list {
		if (r.problem == "") != (i < 2) {
			t.Errorf("%s: problem %q", r.id, r.problem)
		}
	}
	tests := testsByPackage(t)
	for proof, want := range map[string]bool{
		list[0].proofs[0]: true, "internal/arch.TestNoSuch": false, "nowhere.TestX": false,
		"e2e/testdata/no_such.txtar": false, "../outside.txtar": false, "go.mod": false,
	} {
		if exists(proof, tests) != want {
			t.Errorf("%s: %v", proof, !want)
		}
	}
}
