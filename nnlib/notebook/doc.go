// Package notebook is what a cell of a GoNB notebook needs beside the library:
// errors that are shown and end the cell's program, a context that ends with
// the interrupt button, the live block of a training run, in the cell itself
// (Watch) or in processes that it starts (Follow), a way to show figures, tables,
// images and text, and a look at the machine with what to mend.
// A cell reads:
//
//	import nb "digitlab/nnlib/notebook"
//	%%
//	run := nb.Must(nnlib.OpenRun("../runs/first", recipe))
//	nb.Check(nb.Watch(run, data, 25))
//	nb.Show(figure.History{Steps: run.History()})
//
// Outside a notebook nothing is shown; Must and Check still end the program.
//
// Two environment variables are read. NB_STILL=1 keeps out of finished blocks
// what depends on the machine or on earlier runs (seconds, images a second,
// steps read back), so that the same notebook gives the same page; Exporting
// tells notebooks that it is set. NB_QUICK is for notebooks alone: Quick tells
// whether it is set.
package notebook
