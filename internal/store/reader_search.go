package store

import (
	"cmp"
	"context"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
)

// A Found is one record that a search key may mean.
type Found struct {
	CustomerLine
	Meaning keys.Meaning   `json:"meaning"` // what the key was taken for
	Fields  []customer.Key `json:"fields"`  // where it stands
}

// Exact reports whether the whole value was typed, and not a part of it.
func (f Found) Exact() bool { return f.Meaning == keys.IsIdentifier || f.Meaning == keys.IsMail }

// The bounds of a search: what is answered, and what is opened to check one meaning.
const (
	searchCap  = 20
	candidates = 200 // looked at together
	looks      = 5   // times that many: a short token collides with a common one now and then
)

// Search answers the records that a typed key may mean, exact keys first, at most 20: who
// needs more has to know more. Where byName, the key is only taken for a name.
func (r *Reader) Search(ctx context.Context, by access.Actor, key string, byName bool, limit int) ([]Found, error) {
	if err := may(by, access.SearchCustomers); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > searchCap {
		limit = searchCap
	}
	ways := r.store.keys.Query(key)
	if byName {
		ways = slices.DeleteFunc(ways, func(w keys.Way) bool { return w.Meaning != keys.IsName && w.Meaning != keys.IsPinyin })
	}
	if len(ways) == 0 {
		return nil, fault.New(fault.Invalid, "search_vague")
	}
	v, found, seen := r.store.View(ctx), []Found{}, map[customer.ID]bool{}
	for _, way := range ways {
		after := customer.ID("")
		for range looks {
			ids, err := v.tokenHolders(way.Tokens, after)
			if err != nil {
				return nil, err
			}
			for chunk := range slices.Chunk(slices.DeleteFunc(slices.Clone(ids), func(id customer.ID) bool { return seen[id] }), searchCap) {
				if len(found) == limit {
					return found, nil
				}
				meant, err := r.meant(v, by, way, chunk)
				if err != nil {
					return nil, err
				}
				for _, f := range meant[:min(len(meant), limit-len(found))] {
					seen[f.ID] = true
					found = append(found, f)
				}
			}
			if len(ids) < candidates {
				break
			}
			after = ids[len(ids)-1]
		}
	}
	return found, nil
}

// meant opens candidates and answers those in which the value stands: a token only says that
// it may.
func (r *Reader) meant(v View, by access.Actor, way keys.Way, ids []customer.ID) ([]Found, error) {
	opened, err := v.RecordsOf(ids)
	if err != nil {
		return nil, err
	}
	var found []Found
	for _, id := range ids {
		rec := opened[id]
		if rec.Err != nil {
			return nil, rec.Err
		}
		if fields := r.standsIn(way, rec.Record); len(fields) > 0 {
			found = append(found, Found{CustomerLine: r.line(by, rec.Record), Meaning: way.Meaning, Fields: fields})
		}
	}
	return found, nil
}

// standsIn answers the keys of rec whose value is what the way means: the check after opening.
func (r *Reader) standsIn(way keys.Way, rec customer.Record) []customer.Key {
	var fields []customer.Key
	for k, val := range rec.Values {
		if f, ok := r.store.catalog.Of(k); ok && way.Holds(f, val.Content) {
			fields = append(fields, k)
		}
	}
	slices.SortFunc(fields, cmp.Compare)
	return fields
}

// maxTokens is how many tokens one look-up asks for; keys.Way never has more.
const maxTokens = 8

// tokenHolders answers the records behind after that have every one of tokens, in order,
// at most as many as are looked at together. Whoever is being merged is met in a run or in
// its place: the runs are asked first.
func (v View) tokenHolders(tokens []int64, after customer.ID) ([]customer.ID, error) {
	if len(tokens) == 0 || len(tokens) > maxTokens {
		return nil, nil
	}
	args := make([]any, 0, maxTokens+4)
	for i := range maxTokens {
		args = append(args, tokens[min(i, len(tokens)-1)])
	}
	args = append(args, len(tokens), candidates, string(after))
	runs, err := v.unmerged()
	if err != nil {
		return nil, err
	}
	var found []customer.ID
	for _, run := range runs {
		some, err := scanIDs[customer.ID](v, `SELECT record_id FROM token_new WHERE run = $12 AND `+haveAll, append(args, run)...)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	placed, err := scanIDs[customer.ID](v, `SELECT record_id FROM token WHERE `+haveAll, args...)
	if len(runs) == 0 || err != nil {
		return placed, err
	}
	found = append(found, placed...)
	slices.Sort(found)
	found = slices.Compact(found)
	return found[:min(len(found), candidates)], nil
}

// haveAll is what comes behind WHERE of rows that each hold one token of a record.
const haveAll = `hash IN ($1, $2, $3, $4, $5, $6, $7, $8) AND record_id > $11 GROUP BY record_id HAVING COUNT(*) = $9 ORDER BY record_id LIMIT $10`
