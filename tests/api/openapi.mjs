// Checks answers against docs/openapi.yaml: status, content type, headers, body.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './stack.mjs';

const require = createRequire(path.join(root, 'web/package.json'));
const { parse } = require('yaml');
const Ajv = require('ajv/dist/2020.js').default;
const addFormats = require('ajv-formats').default;

const api = parse(readFileSync(path.join(root, 'docs/openapi.yaml'), 'utf8'));
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema(api, 'openapi');

/** Follows `$ref`s; returns the thing and the JSON pointer of the place where it stands. */
function resolve(pointer) {
	let value = api;
	for (const part of pointer.split('/').slice(1)) {
		value = value?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
	}
	return value?.$ref ? resolve(value.$ref.slice(1)) : { value, pointer };
}

const escape = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

const templates = Object.keys(api.paths)
	.map((template) => {
		const expression = template
			.split(/(\{[^}]+\})/)
			.map((part) => {
				if (part === '{path}') return '.+';
				if (part.startsWith('{')) return '[^/]+';
				return part.replace(/[.*+?^$()[\]\\|]/g, '\\$&');
			})
			.join('');
		return { template, expression: new RegExp(`^${expression}$`) };
	})
	// What is written out in full goes before what a parameter may stand for.
	.sort((a, b) => b.template.replace(/\{[^}]+\}/g, '').length - a.template.replace(/\{[^}]+\}/g, '').length);

function validate(pointer, value, what) {
	const check = ajv.getSchema(`openapi#${pointer}`) ?? ajv.compile({ $ref: `openapi#${pointer}` });
	assert.ok(check(value), `${what}: ${ajv.errorsText(check.errors)}\n${JSON.stringify(value)?.slice(0, 1000)}`);
}

function checkProblem(response, what) {
	assert.equal(response.headers['content-type'], 'application/problem+json', `${what}: content type`);
	const problem = JSON.parse(response.text);
	validate('/components/schemas/Problem', problem, what);
	assert.equal(problem.status, response.status, `${what}: status in the body`);
}

/**
 * Fails unless `response` ({status, headers, text}) is one that docs/openapi.yaml has for this call.
 * What the file does not have at all (another path or method) must be a problem.
 */
export function checkResponse(method, target, response) {
	const what = `${method} ${target.slice(0, 200)} → ${response.status}`;
	const pathname = target.split('?')[0];
	const match = templates.find(({ expression }) => expression.test(pathname));
	const operation = match && `/paths/${escape(match.template)}/${method === 'HEAD' ? 'get' : method.toLowerCase()}`;
	const responses = operation && resolve(operation).value?.responses;
	const key = responses && [String(response.status), 'default'].find((name) => responses[name]);

	if (!key) {
		assert.ok(response.status >= 400, `${what}: docs/openapi.yaml has no such answer`);
		if (method !== 'HEAD') checkProblem(response, what);
		return;
	}
	const documented = resolve(`${operation}/responses/${key}`);
	for (const name of Object.keys(documented.value.headers ?? {})) {
		const value = response.headers[name.toLowerCase()];
		// `default` stands for many statuses; a header may be for one of them.
		if (value === undefined && key === 'default') continue;
		assert.notEqual(value, undefined, `${what}: no header ${name}`);
		const header = resolve(`${documented.pointer}/headers/${escape(name)}`);
		const number = header.value.schema?.type === 'integer';
		validate(`${header.pointer}/schema`, number ? Number(value) : value, `${what}: header ${name}`);
	}
	if (method === 'HEAD') return;
	if (!documented.value.content) {
		assert.equal(response.text, '', `${what}: a body where none is documented`);
		return;
	}
	const type = response.headers['content-type'];
	assert.ok(documented.value.content[type], `${what}: content type ${type} is not documented`);
	if (type === 'application/problem+json') checkProblem(response, what);
	else if (type === 'application/json') {
		validate(`${documented.pointer}/content/${escape(type)}/schema`, JSON.parse(response.text), what);
	}
}
