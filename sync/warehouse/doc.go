// Package warehouse brings every record of the archive to PostgreSQL, for those who work with the data.
//
// It promises: a record of the archive is there once, in the place its chain gives it, however often this process, the
// server or the line between them dies; what PostgreSQL cannot hold goes to a table of its own with the reason and holds
// up nothing; a tail of a chain that headquarters replaced is replaced; one node loads at a time; and headquarters is
// not touched by any trouble of PostgreSQL: what is not loaded waits in the archive.
//
// It owns the schemas markaz and fact of one database. FORMAT.md says how a record becomes a row, migrations/ makes the
// tables and views, docs/warehouse.md is for whoever reads them. Read load.go first: one transaction is all there is to
// it. The archive stays the truth; everything here can be made again from it.
package warehouse
