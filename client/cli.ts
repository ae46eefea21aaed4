#!/usr/bin/env node
// `npx wheatear`: the program of crates/cli, in the module for programs that build an application.

import { argv, exit } from 'node:process';
import { NodeFunctions } from './build/node-host.js';
import { tools } from './build/tools.js';

const { runProgram } = await tools();
exit(runProgram(argv.slice(2), new NodeFunctions()));
