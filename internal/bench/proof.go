package bench

import (
	"context"

	"amend/audit"
)

// proofs is the proof that one entry is in the log, its hashes read from the database.
func (r *race) proofs(ctx context.Context) (Line, error) {
	line, err := r.proven(ctx, "proof from SQL", r.ground.store.View(ctx).LogRows)
	return line.judged(most("p50", 0.150)), err
}

// warmProofs is the same with every row of hashes in memory.
func (r *race) warmProofs(ctx context.Context) (Line, error) {
	rows := map[int64][]byte{}
	view := r.ground.store.View(ctx)
	warm := func(numbers []int64) ([][]byte, error) {
		out := make([][]byte, len(numbers))
		for i, n := range numbers {
			row, kept := rows[n]
			if !kept {
				read, err := view.LogRows(numbers[i : i+1])
				if err != nil {
					return nil, err
				}
				row, rows[n] = read[0], read[0]
			}
			out[i] = row
		}
		return out, nil
	}
	line, err := r.proven(ctx, "proof, warm", warm)
	return line.judged(most("p50", 0.005)), err
}

// provenEach is how many entries are proven in a round, again and again.
const provenEach = 1000

// proven proves the same entries in each round, once before the first of them; each of those
// proofs must lead to the signed head.
func (r *race) proven(ctx context.Context, name string, read audit.Rows) (Line, error) {
	head, err := r.head(ctx)
	if err != nil {
		return Line{}, err
	}
	at := make([]int64, provenEach)
	for i := range at {
		at[i] = r.chance.Int64N(head.Size)
		if err := r.leads(ctx, head, at[i], read); err != nil {
			return Line{}, err
		}
	}
	var ours []sample
	for range r.o.Rounds {
		s, err := crowd(1, len(at), func(_, i int) error {
			_, err := audit.Inclusion(head.Size, at[i], read)
			return err
		})
		if err != nil {
			return Line{}, err
		}
		ours = append(ours, s)
	}
	return alone("log", name, "proofs/s", ours), nil
}

// leads checks that the proof of one entry leads to the head.
func (r *race) leads(ctx context.Context, head audit.Checkpoint, at int64, read audit.Rows) error {
	proof, err := audit.Inclusion(head.Size, at, read)
	if err != nil {
		return err
	}
	leaves, err := r.ground.store.View(ctx).Leaves(at, 1)
	if err != nil {
		return err
	}
	entry, err := audit.ParseLeaf(leaves[0].Leaf)
	if err != nil {
		return err
	}
	return proof.Check(head.Size, head.Root, at, entry.Hash())
}
