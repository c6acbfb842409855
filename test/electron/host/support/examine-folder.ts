/** Arguments: a folder, the data folder, the home folder. Prints what `examineFolder` makes of it as JSON. */
import { examineFolder } from '../../../../electron/host/workspace-folder.ts';

const [, , folder = '', dataFolder = '', homeFolder = ''] = process.argv;
console.log(JSON.stringify(await examineFolder(folder, { dataFolder, homeFolder })));
