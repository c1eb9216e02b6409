package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"amend/customer"
)

// Search is kept by token, not by record, so that the two sides are compared as sums: each
// record adds what it must be found by to one of many buckets, each stored token takes
// itself away, and only the records of a bucket that is left with something are looked at
// one by one. Beside a busy server a bucket may be wrong for a moment; a record is not.
const buckets = 1 << 16

// tokenPage is how many tokens are read at a time.
const tokenPage = 5000

// maxStray bounds how many stored tokens of doubtful buckets are kept in memory.
const maxStray = 1 << 20

// searchExam is what search must hold and holds.
type searchExam struct {
	left    [buckets]uint64
	unknown map[customer.ID]bool // records that don't open: a flaw was reported for them
}

// sum is one token as its bucket counts it.
func sum(record customer.ID, token int64) (bucket int, weight uint64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(record))
	n := h.Sum64()
	weight = (n ^ uint64(token)*0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd
	return int(n % buckets), weight ^ weight>>29
}

// expect counts what a record must be found by.
func (x *searchExam) expect(id customer.ID, tokens []int64) {
	for _, t := range tokens {
		b, w := sum(id, t)
		x.left[b] += w
	}
}

// compare takes what is stored away from what is expected, and gives each record of which
// something is left.
func (x *searchExam) compare(ctx context.Context, s *Store, each func(Flaw)) error {
	view := s.View(ctx)
	err := view.tokens(func(id customer.ID, token int64) {
		b, w := sum(id, token)
		x.left[b] -= w
	})
	if err != nil || !slices.ContainsFunc(x.left[:], func(n uint64) bool { return n != 0 }) {
		return err
	}
	stray, kept := map[customer.ID][]int64{}, 0
	err = view.tokens(func(id customer.ID, token int64) {
		if x.doubtful(id) && kept < maxStray {
			stray[id] = append(stray[id], token)
			kept++
		}
	})
	if err != nil {
		return err
	}
	if err := x.perRecord(ctx, s, stray, each); err != nil {
		return err
	}
	for id, tokens := range stray { // what is left belongs to nobody
		if !x.unknown[id] {
			each(Flaw{Code: TokensExtra, Row: string(id), N: int64(len(tokens))})
		}
	}
	return nil
}

func (x *searchExam) doubtful(id customer.ID) bool {
	b, _ := sum(id, 0)
	return x.left[b] != 0
}

// perRecord compares every record of a doubtful bucket, as of one moment.
func (x *searchExam) perRecord(ctx context.Context, s *Store, stray map[customer.ID][]int64, each func(Flaw)) error {
	for after := customer.ID(""); ; {
		ids, err := scanIDs[customer.ID](s.View(ctx), `SELECT id FROM golden_record WHERE id > $1 ORDER BY id LIMIT $2`, after, tokenPage)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if !x.doubtful(id) {
				continue
			}
			err := s.Snapshot(ctx, func(v View) error {
				if x.unknown[id] {
					return nil
				}
				return v.compareTokens(id, stray[id], each)
			})
			if err != nil {
				return err
			}
			delete(stray, id)
		}
		after = ids[len(ids)-1]
	}
}

// compareTokens looks for what a record must be found by, and for what was seen of it
// besides.
func (v View) compareTokens(id customer.ID, seen []int64, each func(Flaw)) error {
	rec, err := v.Record(id)
	if err != nil {
		return err
	}
	want := tokensOf(v.store, rec)
	missing, extra := Flaw{Code: TokensMissing, Row: string(id)}, Flaw{Code: TokensExtra, Row: string(id)}
	for _, t := range want {
		has, err := v.hasToken(id, t)
		if err != nil {
			return err
		}
		if !has {
			missing.N++
		}
	}
	for _, t := range seen {
		if _, meant := slices.BinarySearch(want, t); meant {
			continue
		}
		has, err := v.hasToken(id, t)
		if err != nil {
			return err
		}
		if has {
			extra.N++
		}
	}
	for _, f := range []Flaw{missing, extra} {
		if f.N > 0 {
			each(f)
		}
	}
	return nil
}

// hasToken looks where a token stands, and into every run of a load that is not merged yet.
func (v View) hasToken(id customer.ID, token int64) (bool, error) {
	const q = `SELECT 1 FROM token WHERE hash = $1 AND record_id = $2
		UNION ALL SELECT one FROM (SELECT (SELECT 1 FROM token_new n WHERE n.run = r.run AND n.hash = $1 AND n.record_id = $2) AS one
			FROM token_run r) AS spooled WHERE one IS NOT NULL LIMIT 1`
	var one int64
	err := v.Row(q, token, id).Scan(&one)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for search tokens: %w", err)
	}
	return true, nil
}

// tokens gives each every search token there is, those of a load that is not merged yet too.
func (v View) tokens(each func(customer.ID, int64)) error {
	const placed = `SELECT '', hash, record_id FROM token WHERE $1 = '' AND (hash, record_id) > ($2, $3) ORDER BY hash, record_id LIMIT $4`
	const spooled = `SELECT run, hash, record_id FROM token_new WHERE (run, hash, record_id) > ($1, $2, $3) ORDER BY run, hash, record_id LIMIT $4`
	for _, q := range []string{placed, spooled} {
		if err := v.tokensBy(q, each); err != nil {
			return err
		}
	}
	return nil
}

func (v View) tokensBy(q string, each func(customer.ID, int64)) error {
	run, hash, id := "", int64(math.MinInt64), customer.ID("")
	for {
		n := 0
		err := v.each("search tokens", func(row Row) error {
			n++
			if err := row.Scan(&run, &hash, &id); err != nil {
				return err
			}
			each(id, hash)
			return nil
		}, q, run, hash, id, tokenPage)
		if err != nil || n < tokenPage {
			return err
		}
	}
}

// tokensOf answers the search tokens of a record, sorted.
func tokensOf(s *Store, rec customer.Record) []int64 {
	return (&Tx{View: View{store: s}}).tokens(rec)
}
