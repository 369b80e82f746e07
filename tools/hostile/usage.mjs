// Writes what a process took, where it ends by itself.
import { writeFileSync } from 'node:fs';

const { GARGALO_USAGE: path } = process.env;
if (path) process.on('exit', () => writeFileSync(path, JSON.stringify(process.resourceUsage())));
