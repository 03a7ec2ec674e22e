import { expect, it } from 'vitest';
import { permissionsPolicy } from './devices.ts';

it.each(['/citizen/hearings/[id]', '/officer/sittings', '/officer/sittings/[id]'])(
	'camera and microphone are for the site itself on %s',
	(route) => {
		expect(permissionsPolicy(route)).toBe('camera=(self), microphone=(self), geolocation=()');
	},
);

it('the page that scans a QR has the camera and no microphone', () => {
	expect(permissionsPolicy('/citizen/file/identity')).toBe(
		'camera=(self), microphone=(), geolocation=()',
	);
});

it.each([
	null,
	'/(public)',
	'/citizen',
	'/citizen/file/photos',
	'/officer',
	'/desk/register/[id]',
	'/desk/sittings/[id]',
])('camera and microphone are for nobody on %s', (route) => {
	expect(permissionsPolicy(route)).toBe('camera=(), microphone=(), geolocation=()');
});
