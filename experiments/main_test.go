package experiments

import (
	"fmt"
	"os"
	"testing"
)

// childVar names, in the environment of a process, which part of an experiment it is.
const childVar = "AMEND_EXPERIMENT_CHILD"

// children are what this test binary becomes in a process of its own, where its
// environment says so: a process that is faulted, traced or killed from outside.
func children() map[string]func() error {
	return map[string]func() error{"faulted": faulted}
}

// TestMain runs the tests, or is the child that its environment asks for.
func TestMain(m *testing.M) {
	child, asked := children()[os.Getenv(childVar)]
	if !asked {
		code := m.Run()
		_ = os.RemoveAll(binaryFolder())
		os.Exit(code)
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
