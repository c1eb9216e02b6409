package api

import (
	"context"
	"slices"

	"amend/access"
	"amend/change"
)

// operations lists everything that the door offers, in the order of its documents.
func (d *door) operations() []operation {
	return slices.Concat(d.customerOperations(), d.changeOperations(), d.actOperations(), d.systemOperations(), d.tokenOperations(), d.houseOperations(), d.whyOperations())
}

// vocabulary is the words that an answer may repeat although a caller sent them: names of
// catalogued fields and of members, and the words of the contract's own lists.
func (d *door) vocabulary(ops []operation) map[string]bool {
	words := map[string]bool{}
	for _, f := range d.reader.Catalog(context.Background(), access.Actor{}) {
		words[f.Name] = true
	}
	for _, op := range ops {
		for f := range fieldsOf(op.params) {
			words[f.Tag.Get("query")], words[f.Tag.Get("path")] = true, true
		}
		op.shape.names(words)
	}
	for _, r := range access.Roles() {
		words[string(r)] = true
	}
	for _, m := range methods() {
		words[string(m)] = true
	}
	for _, o := range []change.Outcome{change.Resume, change.Reject, change.Keep, change.Revert} {
		words[string(o)] = true
	}
	return words
}

// methods lists every way to prove.
func methods() []change.Method {
	return []change.Method{change.SMSCode, change.MailCode, change.MailLink, change.Callback, change.Sighted, change.Document, change.Registry, change.Letter}
}

// names adds the names of a shape's members, however deep.
func (s *shape) names(into map[string]bool) {
	if s == nil {
		return
	}
	for name, m := range s.members {
		into[name] = true
		m.names(into)
	}
	s.items.names(into)
}

// byID is the parameter of everything that speaks of one thing.
type byID struct {
	ID string `path:"id"`
}

// paged are the parameters of a list.
type paged struct {
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit"`
}
