package lang_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A use is one place that makes a fault of a code, with the parameters it gives.
type use struct {
	where  string
	params []string
	open   bool // further parameters come from elsewhere
}

// A room is one package of the tree, and the functions in it that make a fault of a code
// they are handed: name → position of the code among the arguments. A function inside
// another is known by the two together.
type room struct {
	files    []*ast.File
	carriers map[string]int
	set      *token.FileSet
	uses     map[string][]use
	lost     []string // places whose code could not be followed
}

// uses reads every fault that the program can make out of its own source.
func uses(t *testing.T) map[string][]use {
	t.Helper()
	set, rooms := token.NewFileSet(), map[string]*room{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || (strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2)) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		if rooms[dir] == nil {
			rooms[dir] = &room{carriers: map[string]int{}, set: set}
		}
		rooms[dir].files = append(rooms[dir].files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]use{}
	for _, r := range rooms {
		r.read()
		for code, found := range r.uses {
			all[code] = append(all[code], found...)
		}
		for _, where := range r.lost {
			t.Errorf("%s: the code of this fault can't be followed, so its sentence can't be checked", where)
		}
	}
	return all
}

// read finds carriers of carriers until there are no more, and then what they carry.
func (r *room) read() {
	for known := -1; known != len(r.carriers); {
		known = len(r.carriers)
		r.uses, r.lost = map[string][]use{}, nil
		for _, f := range r.files {
			r.functions(f)
		}
	}
}

// functions visits every function of f, the innermost around a call first.
func (r *room) functions(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncDecl:
			if x.Body != nil {
				r.function(x.Name.Name, x.Type, x.Body, x.Body)
			}
			return false
		case *ast.GenDecl:
			r.function("", &ast.FuncType{Params: &ast.FieldList{}}, x, x)
			return false
		}
		return true
	})
}

func (r *room) function(name string, sig *ast.FuncType, body, outer ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.AssignStmt:
			lit, ok := x.Rhs[0].(*ast.FuncLit)
			if id, named := x.Lhs[0].(*ast.Ident); ok && named && len(x.Rhs) == 1 {
				r.function(inner(outer, id.Name), lit.Type, lit.Body, outer)
				return false
			}
		case *ast.CallExpr:
			if at, ok := r.carries(outer, x); ok && len(x.Args) > at {
				r.call(name, sig, outer, x, at)
			}
		}
		return true
	})
}

// carries reports whether call makes a fault, and which argument is its code.
func (r *room) carries(outer ast.Node, call *ast.CallExpr) (int, bool) {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "fault" {
			return 1, f.Sel.Name == "New"
		}
		at, ok := r.carriers[f.Sel.Name]
		return at, ok
	case *ast.Ident:
		if at, ok := r.carriers[inner(outer, f.Name)]; ok {
			return at, true
		}
		at, ok := r.carriers[f.Name]
		return at, ok
	}
	return 0, false
}

// inner is the name of a function inside another.
func inner(outer ast.Node, name string) string { return strconv.Itoa(int(outer.Pos())) + "/" + name }

func (r *room) call(name string, sig *ast.FuncType, outer ast.Node, call *ast.CallExpr, at int) {
	u := use{where: r.set.Position(call.Pos()).String(), open: call.Ellipsis.IsValid()}
	for i := at + 1; i < len(call.Args); i += 2 {
		if key, ok := text(call.Args[i]); ok {
			u.params = append(u.params, key)
		} else {
			u.open = true
		}
	}
	if code, ok := text(call.Args[at]); ok {
		r.uses[code] = append(r.uses[code], u)
		return
	}
	id, ok := call.Args[at].(*ast.Ident)
	if !ok {
		r.lost = append(r.lost, u.where)
		return
	}
	if i := position(sig, id.Name); i >= 0 {
		r.carriers[name] = i
		return
	}
	codes := r.answers(source(outer, id.Name))
	if len(codes) == 0 {
		r.lost = append(r.lost, u.where)
	}
	for _, code := range codes {
		r.uses[code] = append(r.uses[code], u)
	}
}

// position is where the parameter called name stands, -1 if there is none.
func position(sig *ast.FuncType, name string) int {
	i := 0
	for _, field := range sig.Params.List {
		for _, id := range field.Names {
			if id.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

// source is the function whose answer the variable called name holds.
func source(body ast.Node, name string) (function string) {
	ast.Inspect(body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Rhs) != 1 {
			return true
		}
		call, isCall := a.Rhs[0].(*ast.CallExpr)
		if id, ok := a.Lhs[0].(*ast.Ident); ok && isCall && id.Name == name {
			switch f := call.Fun.(type) {
			case *ast.Ident:
				function = f.Name
			case *ast.SelectorExpr:
				function = f.Sel.Name
			}
		}
		return true
	})
	return function
}

// answers lists the texts that a function of the room returns.
func (r *room) answers(function string) []string {
	var out []string
	for _, f := range r.files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != function {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
					if s, ok := text(ret.Results[0]); ok && s != "" && !slices.Contains(out, s) {
						out = append(out, s)
					}
				}
				return true
			})
		}
	}
	return out
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
