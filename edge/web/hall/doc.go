// Package hall is the screens that everybody looks at: who is to come where, and how many wait; and what they say aloud.
//
// It shows no names and holds nothing but which calls a speaking screen may still say. The newest call is largest; the
// last ones stay in view, because people miss a call when another follows at once. What differs from centre to centre,
// screens, ways, rooms, notices, is Config. A screen that speaks is handed the calls as package voice words them; the
// browser plays them one after the other (hall.js in package page).
package hall
