package policy

import (
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"amend/fault"
)

const (
	maxWhen   = 1000 // characters of one condition
	maxNested = 24   // brackets within brackets
	maxCost   = 2000 // CEL cost units of one evaluation; the dearest shipped condition costs under 20
)

// condition is one compiled "when": safe for concurrent use.
type condition struct {
	program cel.Program
	phrase  Phrase
}

// language is the rule language: CEL with the vocabulary as variables and without
// macros, so that a condition has no loops. It has no clock and no randomness.
var language = sync.OnceValues(func() (*cel.Env, error) {
	opts := []cel.EnvOption{cel.ClearMacros(), cel.ParserRecursionLimit(maxNested), cel.ParserExpressionSizeLimit(maxWhen)}
	for _, f := range vocabulary() {
		opts = append(opts, cel.Variable(f.Name, f.celType()))
	}
	return cel.NewEnv(opts...)
})

// compile reads the condition of the rule called name.
func compile(name, when string) (condition, *fault.Error) {
	env, err := language()
	if err != nil {
		return condition{}, badWhen(name, err.Error())
	}
	if len(when) > maxWhen {
		return condition{}, badWhen(name, "too long")
	}
	checked, issues := env.Compile(when)
	if issues.Err() != nil {
		return condition{}, badWhen(name, issues.Err().Error())
	}
	if checked.OutputType() != cel.BoolType {
		return condition{}, badWhen(name, "not a condition: "+checked.OutputType().String())
	}
	if w := unknownWord(checked.NativeRep().Expr()); w != "" {
		return condition{}, fault.New(fault.Invalid, "policy_unknown_word", "at", name, "word", shorten(w))
	}
	c := condition{phrase: phraseOf(checked)}
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if c.phrase.dear() {
		opts = append(opts, cel.CostLimit(maxCost))
	}
	if c.program, err = env.Program(checked, opts...); err != nil {
		return condition{}, badWhen(name, err.Error())
	}
	return c, nil
}

// dear reports whether evaluating p may cost more than reading it: searching in a text can.
// Counting the cost of a comparison costs more than the comparison.
func (p Phrase) dear() bool {
	return slices.ContainsFunc(p.Singles(), func(one Phrase) bool {
		switch one.Op {
		case Ends, Contains, Matches, Formula:
			return true
		}
		return false
	})
}

func badWhen(name, detail string) *fault.Error {
	return fault.New(fault.Invalid, "policy_bad_when", "rule", name, "detail", shorten(detail))
}

// of evaluates the condition for f. It fails when it is too dear, divides by zero or overflows.
func (c condition) of(f *Facts) truth {
	out, _, err := c.program.Eval(bound{f, factNamed()})
	switch {
	case err != nil:
		return failed
	case out == types.True:
		return yes
	}
	return no
}

// bound answers the variables of a condition one by one: most conditions read few of them.
type bound struct {
	facts *Facts
	named map[string]Fact
}

// ResolveName is how cel.Activation reads a variable.
func (b bound) ResolveName(name string) (any, bool) {
	v, ok := b.named[name]
	if !ok {
		return nil, false
	}
	return v.of(b.facts), true
}

// Parent is none: there are no variables but the facts.
func (bound) Parent() cel.Activation { return nil }

// unknownWord finds a word that a fact is compared with and can never have: a slip of
// the pen would otherwise make a rule that never speaks.
func unknownWord(e ast.Expr) string {
	known := map[string][]string{}
	for _, f := range vocabulary() {
		if f.Values != nil {
			known[f.Name] = f.Values
		}
	}
	var unknown string
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		fact, literals := comparison(e)
		for _, l := range literals {
			if values, closed := known[fact]; closed && !slices.Contains(values, l) && unknown == "" {
				unknown = l
			}
		}
	}))
	return unknown
}

// comparison answers the fact and the words of "fact == word", "fact != word" and "fact in [words]".
func comparison(e ast.Expr) (fact string, literals []string) {
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
		return "", nil
	}
	left, right := e.AsCall().Args()[0], e.AsCall().Args()[1]
	switch e.AsCall().FunctionName() {
	case operators.Equals, operators.NotEquals:
		if left.Kind() != ast.IdentKind {
			left, right = right, left
		}
		return ident(left), text(right)
	case operators.In:
		if right.Kind() != ast.ListKind {
			return "", nil
		}
		for _, item := range right.AsList().Elements() {
			literals = append(literals, text(item)...)
		}
		return ident(left), literals
	}
	return "", nil
}

func ident(e ast.Expr) string {
	if e.Kind() != ast.IdentKind {
		return ""
	}
	return e.AsIdent()
}

func text(e ast.Expr) []string {
	if e.Kind() != ast.LiteralKind {
		return nil
	}
	if s, ok := e.AsLiteral().Value().(string); ok {
		return []string{s}
	}
	return nil
}

// ParseCondition reads one condition in the rule language, as an editor needs it.
func ParseCondition(when string) (Phrase, error) {
	c, err := compile("", when)
	if err != nil {
		return Phrase{}, err
	}
	return c.phrase, nil
}
