/** Argument: a folder. Prints what `prepareDataFolder` makes of it, as one line of JSON. */
import { prepareDataFolder } from '../../../../electron/host/data-folder.ts';

const outcome = await prepareDataFolder(process.argv[2] ?? '');
console.log(JSON.stringify(outcome));
