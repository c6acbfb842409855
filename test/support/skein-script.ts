/** The command line as a script for Node: the bundle that users start where it is up to date, else the sources. */
import { skeinProgram } from '../../build/scripts/skein-program.mjs';

export const skeinScript: string = skeinProgram().script;
