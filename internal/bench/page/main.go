// Command page writes the page of figures from the reports of amend bench:
//
//	go run ./internal/bench/page docs/runs docs
package main

import (
	"fmt"
	"os"

	"amend/internal/bench"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: page RUNS FOLDER")
		os.Exit(2)
	}
	if err := bench.WritePages(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
