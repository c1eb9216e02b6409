package main

import "net/http"

// api is what other programs call, below /api/.
func (a *app) api(*house) http.Handler { return nil }
