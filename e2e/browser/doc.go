// Package browser drives real Chromium through both sites of the program, served in this
// process: whole journeys of customers and staff, and what must hold of every page that
// they meet. Without a browser its tests fail.
package browser
