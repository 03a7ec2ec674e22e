import * as v from 'valibot';
import { parseOtp } from '#lib/domain/identity/otp.ts';
import { parseRecoveryCode } from '#lib/domain/identity/totp.ts';

const PASSWORD_MIN = 10;
const PASSWORD_MAX = 128;

const required = (missing: string) =>
	v.pipe(v.string(), v.nonEmpty(missing), v.maxLength(500, 'error_too_long'));
const userName = v.pipe(required('error_user_name'), v.trim(), v.nonEmpty('error_user_name'));

export const staffSignInForm = v.object({
	userName,
	/** As it is: a blank at its end may be meant. */
	password: required('error_password'),
});

export const changePasswordForm = v.pipe(
	v.object({
		userName,
		password: required('error_password_current'),
		newPassword: v.pipe(
			v.string(),
			v.minLength(PASSWORD_MIN, 'error_password_short'),
			v.maxLength(PASSWORD_MAX, 'error_password_long'),
		),
		repeat: required('error_password_again'),
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

/** A code of the authenticator app. What cannot be one is a slip of the thumb and costs no try. */
export const appCodeForm = v.object({
	code: v.pipe(
		v.string(),
		v.check((text) => parseOtp(text) !== null, 'error_app_code_format'),
	),
});

export const recoveryCodeForm = v.object({
	code: v.pipe(
		v.string(),
		v.check((text) => parseRecoveryCode(text) !== null, 'error_recovery_code_format'),
	),
});

export const switchPostForm = v.object({ postId: v.pipe(v.string(), v.uuid('error_choose')) });
