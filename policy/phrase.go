package policy

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
)

// An Op is what a phrase says of its fact, or of its parts.
type Op string

// The ops. All, Any and Choice have parts; the others are single conditions.
const (
	All    Op = "all"    // every part holds
	Any    Op = "any"    // at least one part holds
	Choice Op = "choice" // if the first part holds the second decides, else the third

	Holds    Op = "holds"    // a fact that is true or false
	Is       Op = "is"       // equals the value
	OneOf    Op = "one_of"   // equals one of the values
	Less     Op = "less"     // below the value
	AtMost   Op = "at_most"  // the value or below
	More     Op = "more"     // above the value
	AtLeast  Op = "at_least" // the value or above
	Begins   Op = "begins"   // with the value
	Ends     Op = "ends"     // with the value
	Contains Op = "contains" // the value
	Matches  Op = "matches"  // the value, a regular expression (RE2)
	Always   Op = "always"   // true, whatever the facts
	Formula  Op = "formula"  // anything else that the language can say
)

// A Phrase is a condition as data, so that whoever shows it can find the words, and whoever
// checks a policy can look into it. Not never stands before parts: it moves inwards.
type Phrase struct {
	Op     Op
	Not    bool     // the contrary of Op; of single conditions only
	Fact   string   // what a single condition speaks of; "" for Always and Formula
	Values []string // what it is compared with
	Parts  []Phrase
	Text   string   // a single condition in the rule language, without Not: equal ones have equal texts
	Reads  []string // the facts that a single condition reads
	number int      // of a single condition among others (singles)
}

// Singles lists the single conditions of p, in order.
func (p Phrase) Singles() []Phrase {
	if len(p.Parts) == 0 {
		return []Phrase{p}
	}
	var all []Phrase
	for _, part := range p.Parts {
		all = append(all, part.Singles()...)
	}
	return all
}

// reader turns a checked expression into a phrase.
type reader struct{ info *ast.SourceInfo }

func phraseOf(a *cel.Ast) Phrase {
	native := a.NativeRep()
	return reader{native.SourceInfo()}.read(native.Expr(), false)
}

// read answers e, or its contrary. "Not" of all is any of the contraries, and the other way
// round: CEL's && and || fail alike, so that this holds where a part fails, too.
func (r reader) read(e ast.Expr, not bool) Phrase {
	if e.Kind() == ast.CallKind {
		args := e.AsCall().Args()
		switch e.AsCall().FunctionName() {
		case operators.LogicalNot:
			return r.read(args[0], !not)
		case operators.LogicalAnd:
			return joined(either(not, Any, All), r.read(args[0], not), r.read(args[1], not))
		case operators.LogicalOr:
			return joined(either(not, All, Any), r.read(args[0], not), r.read(args[1], not))
		case operators.Conditional:
			return Phrase{Op: Choice, Parts: []Phrase{r.read(args[0], false), r.read(args[1], not), r.read(args[2], not)}}
		}
	}
	p := r.single(e)
	p.Not = p.Not != not
	p.Reads = factsIn(e)
	return p
}

func either(first bool, a, b Op) Op {
	if first {
		return a
	}
	return b
}

// joined takes parts of the same op in: "a and (b and c)" has three parts.
func joined(op Op, parts ...Phrase) Phrase {
	p := Phrase{Op: op}
	for _, part := range parts {
		if part.Op == op {
			p.Parts = append(p.Parts, part.Parts...)
		} else {
			p.Parts = append(p.Parts, part)
		}
	}
	return p
}

// single reads a condition without parts; what has no op of its own is a formula.
func (r reader) single(e ast.Expr) Phrase {
	p := Phrase{Op: Formula, Text: r.text(e)}
	switch e.Kind() {
	case ast.LiteralKind:
		p.Op, p.Not, p.Text = Always, e.AsLiteral() == types.False, "true"
	case ast.IdentKind:
		p.Op, p.Fact = Holds, e.AsIdent()
	case ast.CallKind:
		r.compare(&p, e.AsCall())
	}
	return p
}

// text writes e in the rule language; what was read can be written.
func (r reader) text(e ast.Expr) string {
	text, err := cel.ExprToString(e, r.info)
	if err != nil {
		return ""
	}
	return text
}

// compare reads "fact op literal", in either order, and "fact.function(literal)".
func (r reader) compare(p *Phrase, call ast.CallExpr) {
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	if len(args) != 2 {
		return
	}
	function := call.FunctionName()
	if args[0].Kind() == ast.LiteralKind {
		turned, ok := mirrored[function]
		if !ok {
			return
		}
		function, args = turned, []ast.Expr{args[1], args[0]}
	}
	fact := ident(args[0])
	op, known := compared[function]
	if values, ok := literals(args[1]); ok && known && fact != "" {
		p.Op, p.Not, p.Fact, p.Values = op, function == operators.NotEquals, fact, values
		if p.Not {
			p.Text = fact + " == " + r.text(args[1])
		}
		p.simplify(factNamed()[fact])
	}
}

// simplify says "holds" for a comparison with true, and "is" for a list of one.
func (p *Phrase) simplify(v Fact) {
	switch {
	case p.Op == OneOf && len(p.Values) == 0:
		p.Op, p.Fact, p.Text, p.Not = Always, "", "true", !p.Not
	case p.Op == OneOf && len(p.Values) == 1:
		p.Op = Is
	case p.Op == Is && v.Type == "bool":
		p.Op, p.Text, p.Not, p.Values = Holds, p.Fact, p.Not != (p.Values[0] == "false"), nil
	}
}

var compared = map[string]Op{
	operators.Equals: Is, operators.NotEquals: Is, operators.In: OneOf,
	operators.Less: Less, operators.LessEquals: AtMost, operators.Greater: More, operators.GreaterEquals: AtLeast,
	overloads.StartsWith: Begins, overloads.EndsWith: Ends, overloads.Contains: Contains, overloads.Matches: Matches,
}

// mirrored is each comparison with its sides changed.
var mirrored = map[string]string{
	operators.Equals: operators.Equals, operators.NotEquals: operators.NotEquals,
	operators.Less: operators.Greater, operators.LessEquals: operators.GreaterEquals,
	operators.Greater: operators.Less, operators.GreaterEquals: operators.LessEquals,
}

// literals answers the values of a literal, or of a list of literals.
func literals(e ast.Expr) ([]string, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		return []string{fmt.Sprint(e.AsLiteral().Value())}, true
	case ast.ListKind:
		values := []string{}
		for _, item := range e.AsList().Elements() {
			if item.Kind() != ast.LiteralKind {
				return nil, false
			}
			values = append(values, fmt.Sprint(item.AsLiteral().Value()))
		}
		return values, true
	}
	return nil, false
}

// factsIn lists the facts that e reads, each once.
func factsIn(e ast.Expr) []string {
	var names []string
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if name := ident(e); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}))
	return names
}
