import * as v from 'valibot';

const PASSWORD_MIN = 10;
const PASSWORD_MAX = 128;

const required = v.pipe(
	v.string(),
	v.nonEmpty('error_required'),
	v.maxLength(500, 'error_too_long'),
);

export const staffSignInForm = v.object({
	userName: v.pipe(required, v.trim(), v.nonEmpty('error_required')),
	/** As it is: a blank at its end may be meant. */
	password: required,
});

export const changePasswordForm = v.pipe(
	v.object({
		userName: v.pipe(required, v.trim(), v.nonEmpty('error_required')),
		password: required,
		newPassword: v.pipe(
			v.string(),
			v.minLength(PASSWORD_MIN, 'error_password_short'),
			v.maxLength(PASSWORD_MAX, 'error_password_long'),
		),
		repeat: required,
	}),
	v.forward(
		v.partialCheck(
			[['newPassword'], ['repeat']],
			({ newPassword, repeat }) => newPassword === repeat,
			'error_password_repeat',
		),
		['repeat'],
	),
);

export const switchPostForm = v.object({ postId: v.pipe(v.string(), v.uuid('error_choose')) });
