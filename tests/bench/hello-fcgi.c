/* The least that a FastCGI program of libfcgi can be: what the presets are measured against. */
#include <fcgiapp.h>

int main(void)
{
	static const char answer[] = "Status: 200\r\nContent-Type: application/json\r\n\r\n[]";
	FCGX_Request request;

	if (FCGX_Init() || FCGX_InitRequest(&request, 0, 0))
		return 1;
	while (FCGX_Accept_r(&request) == 0)
		FCGX_PutStr(answer, sizeof(answer) - 1, request.out);
	return 0;
}
