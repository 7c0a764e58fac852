// Package mask takes out of a technician's text what could be somebody's or open something: numbers of people, keys, PINs,
// passwords, tokens, cookies, full addresses of machines.
//
// It promises that none of those shapes comes out, however it is written into it and cut into pieces; that what it gives is masked
// again to the same; and that names of devices, conditions, versions and times stay readable. It cannot know names of people:
// those are in no log, by other promises.
package mask
